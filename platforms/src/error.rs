//! The errors of an adapter.

use std::time::Duration;

use crate::{FaultCode, Spec};

/// A platform's response that is not a success, classified. The caller decides what follows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The token is refused: refresh it, or the customer has to connect again.
    #[error("the platform refuses the token: {0}")]
    Reconnect(String),
    /// A definite refusal: the same request would be refused again.
    #[error("the platform refused: {message}")]
    Rejected { code: FaultCode, message: String },
    /// Too many calls.
    #[error("the platform asks to wait {} s", retry_after.as_secs())]
    RateLimited { retry_after: Duration, message: String },
    /// A temporary refusal for another reason than the number of calls. Nothing became visible.
    #[error("not now: {message}")]
    Later { code: FaultCode, retry_after: Duration, message: String },
    /// A 5xx, or a response that cannot be read. After a commit, the post may be published.
    #[error("the platform's response leaves the outcome open: {0}")]
    OutcomeUnknown(String),
}

/// A platform's rule that a post breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BrokenRule {
    pub rule: FaultCode,
    pub message: String,
}

impl BrokenRule {
    pub(crate) fn scope_missing(spec: &Spec, scope: &str, what: &str) -> Self {
        let name = spec.display_name;
        let message = format!(
            "{name} needs the permission `{scope}` for {what}, and the customer did not grant it: let them connect again"
        );
        Self { rule: FaultCode::ScopeMissing, message }
    }
}
