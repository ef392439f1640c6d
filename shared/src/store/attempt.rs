//! Attempts: one pass through a platform's OAuth. An attempt is recorded when its callback succeeds, so that the
//! callback works once.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;

use super::{Error, Store, keys, to_item};
use crate::id::AttemptId;

/// How long a used attempt is stored: far longer than its state is accepted.
const KEPT: Duration = Duration::hours(1);

#[derive(Serialize)]
struct AttemptItem {
    pk: String,
    sk: String,
    ttl: i64,
}

impl Store {
    /// Uses an attempt up. Returns `false` if it was used before.
    pub async fn use_attempt(&self, attempt: AttemptId, now: DateTime<Utc>) -> Result<bool, Error> {
        let item = AttemptItem { pk: keys::attempt(attempt), sk: keys::ATTEMPT.into(), ttl: (now + KEPT).timestamp() };
        Ok(self.insert(to_item(&item)).await?.is_none())
    }
}
