//! The last steps of a target, for the agency. No decision reads them.

use chrono::{DateTime, Utc};
use platforms::Effect;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most steps in a target's ledger. Older ones are dropped.
pub const LEDGER: usize = 10;

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(description = "One step of publishing to an account.")]
pub struct Attempt {
    /// When the step began.
    pub at: DateTime<Utc>,
    pub step: Effect,
    /// `started`, and later the outcome.
    pub outcome: String,
}

const STARTED: &str = "started";

/// Appends a step that begins, and drops the oldest one.
pub(crate) fn begin(ledger: &mut Vec<Attempt>, step: Effect, now: DateTime<Utc>) {
    if ledger.len() == LEDGER {
        ledger.remove(0);
    }
    ledger.push(Attempt { at: now, step, outcome: STARTED.into() });
}

/// Sets the outcome of the step that has begun, if there is one.
pub(crate) fn end(ledger: &mut [Attempt], outcome: &str) {
    if let Some(attempt) = ledger.last_mut().filter(|attempt| attempt.outcome == STARTED) {
        outcome.clone_into(&mut attempt.outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ledger_keeps_the_last_ten() {
        let mut ledger = Vec::new();
        for round in 0..12 {
            begin(&mut ledger, Effect::Commit, DateTime::UNIX_EPOCH);
            end(&mut ledger, &round.to_string());
        }
        let outcomes: Vec<_> = ledger.iter().map(|attempt| attempt.outcome.as_str()).collect();
        assert_eq!(outcomes, ["2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]);
    }

    #[test]
    fn an_outcome_is_not_overwritten() {
        let mut ledger = Vec::new();
        begin(&mut ledger, Effect::Commit, DateTime::UNIX_EPOCH);
        end(&mut ledger, "told to wait");
        end(&mut ledger, "put off");
        assert_eq!(ledger[0].outcome, "told to wait");
    }
}
