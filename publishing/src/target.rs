//! A target: one post on one account. Its record says what was tried and what is known, so that whoever reads it next
//! (another worker, the agency) is never told more than is true.

mod decision;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use id::AccountId;
use platforms::{Category, Effect, FaultCode, PlatformId, Published};

pub use decision::{Resolution, UNWANTED};

/// How many attempts a target remembers.
pub const LEDGER: usize = 10;

/// What has become of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "TargetStatus", description = "What has become of a post on one account.")]
pub enum State {
    /// Of a post that has no time yet.
    Draft,
    /// To be sent at `next_at`.
    #[schemars(description = "It waits for its time.")]
    Scheduled,
    /// Begun; with a step in flight, or waiting for the platform.
    Sending,
    /// It stands on the account.
    Published,
    /// The platform said no, for good.
    Failed,
    /// A commit was sent and its answer is not known.
    #[schemars(description = "It was sent, and no answer says what became of it.")]
    Unconfirmed,
    /// Waits for the account to be connected again.
    Held,
    /// Nothing of it will be sent.
    Canceled,
}

/// Why a target is not published, for the agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TargetError", description = "Why a post is not published on an account.")]
pub struct Fault {
    /// Each code has a page at `/errors/{code}`. More may come.
    #[schemars(with = "String")]
    pub code: FaultCode,
    pub category: Category,
    /// What happened and what to do.
    pub message: String,
    /// The platform's own words, capped and without secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_response: Option<String>,
    /// Whether it is tried again without anybody's doing.
    pub retryable: bool,
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(description = "One step of publishing to an account.")]
pub struct Attempt {
    /// When it began.
    pub at: DateTime<Utc>,
    pub step: Effect,
    /// `started`, then what became of it.
    pub outcome: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    pub account: AccountId,
    pub platform: PlatformId,
    pub state: State,
    /// The state that creation answered; a replay answers it again.
    pub first_state: State,
    /// When there is something to do; none: nothing, or it is the agency's turn.
    pub next_at: Option<DateTime<Utc>>,
    /// The adapter's state; what must be equal in every try is fixed in it before the first.
    pub plan: Option<Value>,
    /// The step whose request may be under way. On record before its first byte leaves.
    pub in_flight: Option<Effect>,
    /// When the commit left, if one did.
    pub sent_at: Option<DateTime<Utc>>,
    /// Canceled when a commit had left: what became of that is still asked, and no other follows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unwanted: bool,
    /// Tries that surely did not arrive.
    pub tries: u32,
    /// Times the platform asked to wait.
    pub waits: u32,
    /// Times a commit was looked for.
    pub looks: u32,
    /// Set once it is public, even if more about it is still to be asked: what stands cannot fail any more.
    pub published: Option<Published>,
    pub fault: Option<Fault>,
    pub attempts: Vec<Attempt>,
}

impl Target {
    /// A target that waits for its time; `held` if its account has to be connected again first.
    #[must_use]
    pub const fn new(account: AccountId, platform: PlatformId, due: DateTime<Utc>, held: bool) -> Self {
        let state = if held { State::Held } else { State::Scheduled };
        Self {
            account,
            platform,
            state,
            first_state: state,
            next_at: Some(due),
            plan: None,
            in_flight: None,
            sent_at: None,
            unwanted: false,
            tries: 0,
            waits: 0,
            looks: 0,
            published: None,
            fault: None,
            attempts: Vec::new(),
        }
    }

    /// A target of a post that has no time yet.
    #[must_use]
    pub fn draft(account: AccountId, platform: PlatformId) -> Self {
        let target = Self::new(account, platform, DateTime::UNIX_EPOCH, false);
        Self { state: State::Draft, first_state: State::Draft, next_at: None, ..target }
    }

    /// Whether a worker has something to do with it at `now`.
    #[must_use]
    pub fn ready(&self, now: DateTime<Utc>) -> bool {
        self.next_at.is_some_and(|at| at <= now)
    }

    /// Puts a step on record, before its first byte leaves.
    pub fn start(&mut self, step: Effect, now: DateTime<Utc>) {
        self.state = match (self.state, step) {
            // A look for an unanswered commit leaves the doubt standing.
            (State::Unconfirmed, Effect::Confirm) => State::Unconfirmed,
            _ => State::Sending,
        };
        self.in_flight = Some(step);
        if step == Effect::Commit {
            self.sent_at = Some(now);
        }
        if self.attempts.len() == LEDGER {
            self.attempts.remove(0);
        }
        self.attempts.push(Attempt { at: now, step, outcome: "started".into() });
    }

    /// Notes what became of the step in flight.
    pub fn end(&mut self, outcome: &str) {
        self.in_flight = None;
        if let Some(attempt) = self.attempts.last_mut().filter(|attempt| attempt.outcome == "started") {
            outcome.clone_into(&mut attempt.outcome);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ledger_keeps_the_last_ten() {
        let now = DateTime::from_timestamp(0, 0).unwrap();
        let mut target = Target::new(AccountId::random(), PlatformId::X, now, false);
        for round in 0..12 {
            target.start(Effect::Commit, now);
            target.end(&round.to_string());
        }
        let outcomes: Vec<_> = target.attempts.iter().map(|attempt| attempt.outcome.as_str()).collect();
        assert_eq!(outcomes, ["2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]);
    }

    #[test]
    fn looking_for_a_commit_leaves_the_doubt_standing() {
        let now = DateTime::from_timestamp(0, 0).unwrap();
        let mut target = Target::new(AccountId::random(), PlatformId::X, now, false);
        target.state = State::Unconfirmed;
        target.start(Effect::Confirm, now);
        assert_eq!(target.state, State::Unconfirmed);
        assert_eq!(target.sent_at, None, "a look is no commit");
    }

    #[test]
    fn a_step_is_in_flight_from_its_start_to_its_end() {
        let now = DateTime::from_timestamp(0, 0).unwrap();
        let mut target = Target::new(AccountId::random(), PlatformId::X, now, false);
        target.start(Effect::Commit, now);
        assert_eq!((target.state, target.in_flight, target.sent_at), (State::Sending, Some(Effect::Commit), Some(now)));
        target.end("told to wait");
        assert_eq!(target.in_flight, None);
        target.end("put off");
        assert_eq!(target.attempts[0].outcome, "told to wait", "what has ended is not rewritten");
    }

    #[test]
    fn a_target_is_ready_from_its_time_on() {
        let now = DateTime::from_timestamp(0, 0).unwrap();
        let mut target = Target::new(AccountId::random(), PlatformId::X, now, true);
        assert_eq!((target.state, target.first_state), (State::Held, State::Held));
        assert!(target.ready(now) && !target.ready(now - chrono::Duration::milliseconds(1)));
        target.next_at = None;
        assert!(!target.ready(now));
    }
}
