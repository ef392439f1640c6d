//! Attempts: one pass through a platform's OAuth. An attempt is recorded when its callback succeeds, so that the
//! callback works once.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::{Error, Store, from_item, keys, to_item};
use crate::id::{AttemptId, random};

/// How long a used attempt is stored: far longer than its state is accepted.
const KEPT: Duration = Duration::hours(1);

#[derive(Serialize, Deserialize)]
struct AttemptItem {
    pk: String,
    sk: String,
    /// Differs in each call. The SDK repeats a write whose answer was lost, and meets its own item.
    nonce: String,
    ttl: i64,
}

impl Store {
    /// Uses an attempt up. Returns `false` if it was used before.
    pub async fn use_attempt(&self, attempt: AttemptId, now: DateTime<Utc>) -> Result<bool, Error> {
        let item = AttemptItem {
            pk: keys::attempt(attempt),
            sk: keys::ATTEMPT.into(),
            nonce: random::uuid(),
            ttl: (now + KEPT).timestamp(),
        };
        match self.insert(to_item(&item)).await? {
            None => Ok(true),
            Some(existing) => Ok(from_item::<AttemptItem>(existing)?.nonce == item.nonce),
        }
    }
}
