//! Why an adapter's step did not succeed.

use std::time::Duration;

use crate::FaultCode;

/// A platform's answer that was not the wanted one, classified; the publisher decides what follows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The token is refused: refresh it, else the customer has to connect again.
    #[error("the platform refuses the token: {0}")]
    Reconnect(String),
    /// A definite no that repeating would not change.
    #[error("the platform refused: {message}")]
    Rejected { code: FaultCode, message: String },
    /// Come back later.
    #[error("the platform asks to wait {} s", retry_after.as_secs())]
    RateLimited { retry_after: Duration, message: String },
    /// Not now, for another reason than the number of calls; nothing became visible.
    #[error("not now: {message}")]
    Later { code: FaultCode, retry_after: Duration, message: String },
    /// A 5xx or an answer that makes no sense: after a commit that is doubt.
    #[error("the platform's answer leaves the outcome open: {0}")]
    OutcomeUnknown(String),
}

/// A rule of a platform that a content breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BrokenRule {
    pub rule: FaultCode,
    pub message: String,
}
