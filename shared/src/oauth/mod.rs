//! Authorization code with PKCE (and PAR and DPoP where a platform wants them), driven by a platform's `Spec`: begin,
//! exchange, refresh, and calls with the token. RFC 6749, 7523, 7636, 9126, 9207, 9449.

mod authorize;
pub mod client;
pub mod discovery;
pub mod dpop;
mod endpoint;
mod es256;
mod revoke;
mod session;
mod token;
mod tokens;

pub use authorize::{Begin, begin, redirect_uri};
pub use revoke::revoke;
pub use session::Session;
pub use token::{Exchange, Granted, exchange, refresh};
pub use tokens::Tokens;

use std::time::Duration;

use crate::net::Failure;

/// How long the calls that one request makes to a platform's servers may take, all together: a customer waits for a page, an
/// agency for an answer, and a server that the customer named may be as slow as it likes.
pub const PATIENCE: Duration = Duration::from_secs(18);

/// Why an authorization or a refresh gave no tokens. Carries codes of ours, never a platform's prose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The server answered with a definite error; its code, for the log.
    #[error("the authorization server refused: {0}")]
    Refused(String),
    /// The server says that this grant is dead: the customer has to connect again.
    #[error("the grant is dead: {0}")]
    Dead(String),
    /// The customer granted less than publishing needs.
    #[error("a required scope was not granted: {0}")]
    ScopeMissing(&'static str),
    /// The answer speaks of somebody else than was begun with, or comes from another server.
    #[error("the grant is for another identity or from another server")]
    Mismatch,
    #[error("{0}")]
    Undiscovered(#[from] discovery::Undiscovered),
    /// Nothing arrived: may be tried again.
    #[error("{0}")]
    NotSent(String),
    /// No answer, a 5xx or nonsense. A code or a rotated token may be spent.
    #[error("{0}")]
    OutcomeUnknown(String),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotSent(reason) => Self::NotSent(reason),
            Failure::Forbidden(refused) => Self::NotSent(refused.to_string()),
            Failure::OutcomeUnknown(reason) => Self::OutcomeUnknown(reason),
        }
    }
}
