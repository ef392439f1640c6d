//! A target: one post on one account. Its record has what was tried and what is known, for the next worker and the agency.

mod decision;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use id::AccountId;
use platforms::{Category, Effect, FaultCode, PlatformId, Published};

pub use decision::{CANCELED_UNCONFIRMED, Resolution};

/// The most attempts in a target's ledger. Older ones are dropped.
pub const LEDGER: usize = 10;

/// The state of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "TargetStatus", description = "The state of a post on one account.")]
pub enum State {
    /// The post has no publishing time yet.
    Draft,
    /// It is sent at `next_at`.
    #[schemars(description = "It waits for its publishing time or for a retry.")]
    Scheduled,
    /// Publishing has begun: a request is in flight, or the platform is processing the post.
    Sending,
    /// The post is public on the account.
    Published,
    /// The platform or Onbehalf refused the post for good.
    Failed,
    /// A commit was sent and its outcome is not known.
    #[schemars(description = "It was sent, and the network's response is not known.")]
    Unconfirmed,
    /// The account has to be connected again first.
    Held,
    /// Canceled before it was published.
    Canceled,
}

/// Why a target is not published, for the agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TargetError", description = "Why a post is not published on an account.")]
pub struct Fault {
    /// Each code has a page at `/errors/{code}`. More codes may be added.
    #[schemars(with = "String")]
    pub code: FaultCode,
    pub category: Category,
    /// What happened and what to do.
    pub message: String,
    /// The platform's own message, shortened and without secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_response: Option<String>,
    /// Whether Onbehalf retries by itself.
    pub retryable: bool,
}

impl Fault {
    /// A fault that is not retried.
    pub fn new(code: FaultCode, message: impl Into<String>) -> Self {
        Self { code, category: code.category(), message: message.into(), platform_response: None, retryable: false }
    }
}

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

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    pub account: AccountId,
    pub platform: PlatformId,
    pub state: State,
    /// The state in the response to the creation; a replay answers it again.
    pub first_state: State,
    /// When the next step is due; `None` if nothing is left to do or the agency has to decide.
    pub next_at: Option<DateTime<Utc>>,
    /// The adapter's state. It fixes what must be equal in every attempt.
    pub plan: Option<Value>,
    /// The step whose request may be in flight. Stored before the request is sent.
    pub in_flight: Option<Effect>,
    /// When the last commit was sent, if any.
    pub sent_at: Option<DateTime<Utc>>,
    /// Canceled after a commit was sent: its outcome is still read back, and no other commit follows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancel_requested: bool,
    /// The number of requests that were not sent.
    pub tries: u32,
    /// How often the platform asked to wait.
    pub waits: u32,
    /// The number of read-backs of the last commit.
    pub read_backs: u32,
    /// Set once the post is public, even if its id or address is still to be asked for. It cannot fail from then on.
    pub published: Option<Published>,
    pub fault: Option<Fault>,
    pub attempts: Vec<Attempt>,
}

impl Target {
    /// A target that is due at `due`; `held` if its account has to be connected again first.
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
            cancel_requested: false,
            tries: 0,
            waits: 0,
            read_backs: 0,
            published: None,
            fault: None,
            attempts: Vec::new(),
        }
    }

    /// A target of a post without a publishing time.
    #[must_use]
    pub fn draft(account: AccountId, platform: PlatformId) -> Self {
        let target = Self::new(account, platform, DateTime::UNIX_EPOCH, false);
        Self { state: State::Draft, first_state: State::Draft, next_at: None, ..target }
    }

    /// Whether the next step is due at `now`.
    #[must_use]
    pub fn ready(&self, now: DateTime<Utc>) -> bool {
        self.next_at.is_some_and(|at| at <= now)
    }

    /// Records a step before its request is sent.
    pub fn start(&mut self, step: Effect, now: DateTime<Utc>) {
        self.state = match (self.state, step) {
            // During a read-back the target stays unconfirmed.
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

    /// Records the outcome of the step in flight.
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
    fn a_target_stays_unconfirmed_during_a_read_back() {
        let now = DateTime::from_timestamp(0, 0).unwrap();
        let mut target = Target::new(AccountId::random(), PlatformId::X, now, false);
        target.state = State::Unconfirmed;
        target.start(Effect::Confirm, now);
        assert_eq!(target.state, State::Unconfirmed);
        assert_eq!(target.sent_at, None, "a read-back is not a commit");
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
        assert_eq!(target.attempts[0].outcome, "told to wait", "an outcome is not overwritten");
    }

    #[test]
    fn a_target_is_ready_from_its_due_time_on() {
        let now = DateTime::from_timestamp(0, 0).unwrap();
        let mut target = Target::new(AccountId::random(), PlatformId::X, now, true);
        assert_eq!((target.state, target.first_state), (State::Held, State::Held));
        assert!(target.ready(now) && !target.ready(now - chrono::Duration::milliseconds(1)));
        target.next_at = None;
        assert!(!target.ready(now));
    }
}
