//! What happens to a target.

use chrono::{DateTime, Duration, Utc};
use platforms::{Effect, Found, Progress};
use serde_json::Value;

use crate::Fault;

/// What happened to a target: what its worker learned, or what the agency asked for.
#[derive(Debug, PartialEq)]
pub enum Event {
    /// The adapter has fixed what is equal in every attempt.
    Planned(Value),
    /// The account can be used again.
    Resumed,
    /// A request is on record and is sent next. No answer to it is awaited after `listening_until`.
    Started { step: Effect, listening_until: DateTime<Utc> },
    /// The platform answered a step.
    Answered(Progress),
    /// The platform refused a step for good, or Onbehalf refuses the post.
    Refused(Fault),
    /// The platform asked to wait. The step had no effect.
    AskedToWait { wait: Duration, fault: Fault },
    /// A step was not sent.
    NotSent { reason: String },
    /// A step was sent, and no answer says what became of it.
    Lost { reason: String },
    /// The platform refused the access token of a request.
    TokenRefused,
    /// The access token has expired, and the refresh failed; it is not tried again before `not_before`.
    NotRefreshed { reason: String, not_before: DateTime<Utc> },
    /// A media file could not be read. That may pass.
    MediaUnreachable { message: String },
    /// The account has to be connected again.
    Held(Fault),
    /// `publishBefore` has passed.
    TooLate,
    /// Nothing was sent; the worker continues at this time.
    PutOff(DateTime<Utc>),
    /// The worker that had the target is gone.
    WorkerGone,
    /// A read-back was answered.
    Looked(Found),
    /// A read-back was sent, and its answer says nothing.
    LookFailed { reason: String },
    /// A read-back was not sent.
    LookNotSent { reason: String },
    /// The platform asked to wait before a read-back.
    LookAskedToWait { wait: Duration },
    /// The platform has no read-back for this target.
    NoLook,
    /// The stored state cannot be read.
    Unreadable(Fault),
    /// The agency cancels.
    Cancel,
    /// The agency retries a failed target.
    Retry,
    /// A person found out what became of an unconfirmed target.
    Resolve(Resolution),
}

/// The outcome of an unconfirmed target, as found by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    Published { url: Option<String> },
    NotPublished,
}
