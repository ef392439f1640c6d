//! Rate limits: so many requests of an access token to an endpoint within any minute.

use serde::{Deserialize, Serialize};

use crate::{
    Sandbox, secret,
    store::{Changed, Error, Key, Update, Value, number},
};

/// Milliseconds.
const WINDOW: i64 = 60_000;
/// How often a count that lost to another one is tried again.
const ATTEMPTS: usize = 50;

#[derive(Debug)]
pub(crate) struct Limit {
    endpoint: &'static str,
    /// Requests a minute.
    requests: usize,
}

pub(crate) const CREATOR_INFO: Limit = Limit { endpoint: "creator_info/query", requests: 20 };
pub(crate) const VIDEO_INIT: Limit = Limit { endpoint: "video/init", requests: 6 };
pub(crate) const CONTENT_INIT: Limit = Limit { endpoint: "content/init", requests: 6 };
pub(crate) const STATUS: Limit = Limit { endpoint: "status/fetch", requests: 30 };

/// When the last requests came, in milliseconds; `version` tells two countings at once apart.
#[derive(Default, Serialize, Deserialize)]
struct Recent {
    times: Vec<i64>,
    version: i64,
}

/// Counts one request with this token, if it may still be made.
pub(crate) async fn admits(sandbox: &Sandbox, token: &str, limit: &Limit) -> Result<bool, Error> {
    let now = (sandbox.clock)().timestamp_millis();
    let key = || Key::new(format!("tiktok#rate#{}", secret::fingerprint(token)), limit.endpoint);
    let mut recent = sandbox.store.get::<Recent>(key()).await?.unwrap_or_default();
    for _ in 0..ATTEMPTS {
        recent.times.retain(|time| now - time < WINDOW);
        if recent.times.len() >= limit.requests {
            return Ok(false);
        }
        recent.times.push(now);
        let times: Vec<Value> = recent.times.iter().copied().map(number).collect();
        let counted = sandbox
            .store
            .change::<Recent>(|| {
                Update::new(key(), "SET #times = :times, #version = :next")
                    .only_if("attribute_not_exists(pk) OR #version = :version")
                    .with(":times", Value::L(times.clone()))
                    .with(":version", number(recent.version))
                    .with(":next", number(recent.version + 1))
            })
            .await?;
        match counted {
            Changed::Done(_) => return Ok(true),
            Changed::Refused(current) => recent = current.unwrap_or_default(),
        }
    }
    Err(Error::Busy)
}
