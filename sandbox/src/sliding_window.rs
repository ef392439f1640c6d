//! Limits of events within a sliding window.

use serde::{Deserialize, Serialize};

use crate::{
    context::Context,
    error::Error,
    store::{Key, Update, Updated, Value, number},
};

/// How often counting is tried when it conflicts with concurrent requests.
const ATTEMPTS: usize = 50;

/// The times of the last events, in milliseconds. `version` is for optimistic locking.
#[derive(Default, Serialize, Deserialize)]
struct Recent {
    times: Vec<i64>,
    version: i64,
}

/// Counts an event under this key. Returns false if there were `most` within the last `window` milliseconds.
pub(crate) async fn admits(context: &Context, key: impl Fn() -> Key, most: usize, window: i64) -> Result<bool, Error> {
    let now = context.now().timestamp_millis();
    let mut recent = context.store.get::<Recent>(key()).await?.unwrap_or_default();
    for _ in 0..ATTEMPTS {
        recent.times.retain(|time| now - time < window);
        if recent.times.len() >= most {
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
