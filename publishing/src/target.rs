//! A target: one post on one account.

use chrono::{DateTime, Utc};
use id::AccountId;
use platforms::{Effect, PlatformId, Published};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Attempt, Fault, State, Status, ledger};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    pub account: AccountId,
    pub platform: PlatformId,
    /// How often a worker has saved it.
    pub version: u32,
    pub state: State,
    /// When the next step is due; `None` if nothing is left to do or the agency has to decide.
    pub next_at: Option<DateTime<Utc>>,
    /// The adapter's state. It fixes what is equal in every attempt, and is kept once a commit was on record.
    pub plan: Option<Value>,
    /// The last commit that may have had an effect, if any.
    pub sent: Option<Sent>,
    /// Whether a commit was called absent because it was not found in time. Wherever the target ends, it is looked for again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub presumed_absent: bool,
    /// When the agency canceled a target that may have been published. No commit follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canceled_at: Option<DateTime<Utc>>,
    /// The step whose request may be in flight. Stored before the request is sent.
    pub in_flight: Option<Effect>,
    /// How often a step was retried.
    pub tries: u32,
    /// How often the platform asked to wait.
    pub waits: u32,
    pub fault: Option<Fault>,
    pub attempts: Vec<Attempt>,
}

/// A commit on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    pub at: DateTime<Utc>,
    /// No answer is awaited after this time. A late write is measured from here.
    pub listening_until: DateTime<Utc>,
}

impl Target {
    /// A target that is due at `due`; `held` if its account has to be connected again first.
    #[must_use]
    pub const fn new(account: AccountId, platform: PlatformId, due: DateTime<Utc>, held: bool) -> Self {
        let state = if held { State::Held } else { State::Waiting };
        Self {
            account,
            platform,
            version: 0,
            state,
            next_at: Some(due),
            plan: None,
            sent: None,
            presumed_absent: false,
            canceled_at: None,
            in_flight: None,
            tries: 0,
            waits: 0,
            fault: None,
            attempts: Vec::new(),
        }
    }

    /// A target of a post without a publishing time.
    #[must_use]
    pub fn draft(account: AccountId, platform: PlatformId) -> Self {
        let target = Self::new(account, platform, DateTime::UNIX_EPOCH, false);
        Self { state: State::Draft, next_at: None, ..target }
    }

    /// A target whose stored form cannot be read. It may have been published: a person decides.
    #[must_use]
    pub fn unreadable(account: AccountId, platform: PlatformId, fault: Fault) -> Self {
        let target = Self::draft(account, platform);
        Self { state: State::Unconfirmed, fault: Some(fault), ..target }
    }

    #[must_use]
    pub const fn status(&self) -> Status {
        match self.state {
            State::Draft => Status::Draft,
            State::Waiting => Status::Scheduled,
            // A step that failed is retried; without a fault, the platform is at work.
            State::Preparing { since: None } if self.in_flight.is_none() && self.fault.is_some() => Status::Scheduled,
            State::Preparing { since: None }
            | State::Committing { since: None }
            | State::Taken
            | State::Visible { .. } => Status::Sending,
            State::Preparing { .. } | State::Committing { .. } | State::Doubt { .. } | State::Unconfirmed => {
                Status::Unconfirmed
            }
            State::Held => Status::Held,
            State::Published { .. } => Status::Published,
            State::Failed { .. } => Status::Failed,
            State::Canceled { .. } => Status::Canceled,
        }
    }

    /// The post on the platform, if it is public.
    #[must_use]
    pub const fn published(&self) -> Option<&Published> {
        match &self.state {
            State::Visible { post } | State::Published { post } => Some(post),
            _ => None,
        }
    }

    /// Whether nothing is in flight and no commit may have had an effect, so that the target may be edited.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.sent.is_none() && matches!(self.status(), Status::Draft | Status::Scheduled | Status::Held)
    }

    /// Whether the next step is due at `now`.
    #[must_use]
    pub fn ready(&self, now: DateTime<Utc>) -> bool {
        self.next_at.is_some_and(|at| at <= now)
    }

    /// When the last commit was sent that may have had an effect.
    #[must_use]
    pub fn sent_at(&self) -> Option<DateTime<Utc>> {
        self.sent.map(|sent| sent.at)
    }

    /// Records the outcome of the step in flight in the ledger.
    pub(crate) fn end_step(&mut self, outcome: &str) {
        self.in_flight = None;
        ledger::end(&mut self.attempts, outcome);
    }
}
