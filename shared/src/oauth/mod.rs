//! The authorization code flow with PKCE, and with PAR and DPoP where a platform requires them, driven by a platform's
//! `Spec`: begin, exchange, refresh, and calls with the token. RFC 6749, 7523, 7636, 9126, 9207, 9449.

mod authorize;
pub mod client;
pub mod discovery;
pub mod dpop;
mod endpoint;
mod es256;
mod revoke;
mod session;
pub mod signed_request;
mod token;
mod tokens;

pub use authorize::{Begin, begin, redirect_uri};
pub use revoke::revoke;
pub use session::{Session, authorization};
pub use token::{Exchange, Granted, Refused, exchange, refresh};
pub use tokens::Tokens;

use std::time::Duration;

use crate::net::SendError;

/// The time limit for all calls to a platform's servers within one request: a customer waits for a page, or an agency
/// for an answer, and a server that the customer named may be slow.
pub const PATIENCE: Duration = Duration::from_secs(16);

/// The time limit for revoking tokens that were issued and not stored, in addition to [`PATIENCE`], which may be used up.
pub const REVOCATION: Duration = Duration::from_secs(5);

/// Why an authorization or a refresh gave no tokens. Contains our own codes, never a platform's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The server refused with this error code, for the log.
    #[error("the authorization server refused: {0}")]
    Refused(String),
    /// The server says that the grant is revoked or expired: the customer has to reconnect.
    #[error("the grant is dead: {0}")]
    Dead(String),
    /// The customer did not grant a scope that publishing needs.
    #[error("a required scope was not granted: {0}")]
    ScopeMissing(&'static str),
    /// The answer is for another account than the one requested, or comes from another server.
    #[error("the grant is for another identity or from another server")]
    Mismatch,
    #[error("{0}")]
    Discovery(#[from] discovery::AtDiscoveryError),
    /// The request did not arrive; it can be retried.
    #[error("{0}")]
    NotSent(String),
    /// No answer, a 5xx or an unreadable answer. A code or a rotated refresh token may have been used up.
    #[error("{0}")]
    OutcomeUnknown(String),
}

impl From<SendError> for Error {
    fn from(failure: SendError) -> Self {
        match failure {
            SendError::NotSent(reason) | SendError::Media(reason) => Self::NotSent(reason),
            SendError::Forbidden(refused) => Self::NotSent(refused.to_string()),
            SendError::OutcomeUnknown(reason) => Self::OutcomeUnknown(reason),
        }
    }
}
