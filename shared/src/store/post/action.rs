//! The record of a request that changed a post. A post stores its last ones, so that a replay is recognized.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::Origin;
use crate::id::AccountId;

/// How many are stored.
const KEPT: usize = 10;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionRecord {
    /// Derived from tenant, path and idempotency key.
    pub mark: String,
    pub origin: Origin,
    pub at: DateTime<Utc>,
    /// The accounts whose targets were changed.
    pub accounts: Vec<AccountId>,
}

/// Appends one and drops the oldest.
pub(super) fn remember(actions: &[ActionRecord], action: Option<ActionRecord>) -> Vec<ActionRecord> {
    let all: Vec<_> = actions.iter().cloned().chain(action).collect();
    all[all.len().saturating_sub(KEPT)..].to_vec()
}
