//! Rate limits per access token and endpoint, in a sliding window of one minute.

use serde::{Deserialize, Serialize};

use crate::{
    context::Context,
    error::Error,
    secret,
    store::{Key, Update, Updated, Value, number},
};

/// In milliseconds.
const WINDOW: i64 = 60_000;
/// How often counting is tried when it conflicts with concurrent requests.
const ATTEMPTS: usize = 50;

#[derive(Debug)]
pub(crate) struct TokenLimit {
    endpoint: &'static str,
    /// Requests per minute.
    requests: usize,
}

pub(crate) const CREATOR_INFO: TokenLimit = TokenLimit { endpoint: "creator_info/query", requests: 20 };
pub(crate) const VIDEO_INIT: TokenLimit = TokenLimit { endpoint: "video/init", requests: 6 };
pub(crate) const CONTENT_INIT: TokenLimit = TokenLimit { endpoint: "content/init", requests: 6 };
pub(crate) const STATUS: TokenLimit = TokenLimit { endpoint: "status/fetch", requests: 30 };

/// The times of the last requests, in milliseconds. `version` is for optimistic locking.
#[derive(Default, Serialize, Deserialize)]
struct Recent {
    times: Vec<i64>,
    version: i64,
}

/// Counts a request with this token; false above the limit.
pub(crate) async fn admits(context: &Context, token: &str, limit: &TokenLimit) -> Result<bool, Error> {
    let now = context.now().timestamp_millis();
    let key = || Key::new(format!("tiktok#rate#{}", secret::fingerprint(token)), limit.endpoint);
    let mut recent = context.store.get::<Recent>(key()).await?.unwrap_or_default();
    for _ in 0..ATTEMPTS {
        recent.times.retain(|time| now - time < WINDOW);
        if recent.times.len() >= limit.requests {
            return Ok(false);
        }
        recent.times.push(now);
        let times: Vec<Value> = recent.times.iter().copied().map(number).collect();
        let counted = context
            .store
            .update::<Recent>(|| {
                Update::new(key(), "SET #times = :times, #version = :next")
                    .only_if("attribute_not_exists(pk) OR #version = :version")
                    .with(":times", Value::L(times.clone()))
                    .with(":version", number(recent.version))
                    .with(":next", number(recent.version + 1))
            })
            .await?;
        match counted {
            Updated::Written(_) => return Ok(true),
            Updated::ConditionFailed(current) => recent = current.unwrap_or_default(),
        }
    }
    Err(Error::Busy)
}
