//! What is particular to a network's OAuth server.

use super::{endpoint::AuthorizationEndpoint, grant::Grant, lifetimes::Lifetimes};
use crate::spec::Spec;

pub(crate) struct AuthorizationServer {
    pub(crate) endpoint: AuthorizationEndpoint,
    pub(crate) tokens: TokenPolicy,
}

/// How codes and tokens are issued.
pub(crate) struct TokenPolicy {
    pub(crate) spec: &'static Spec,
    /// How long a code is valid, in seconds.
    pub(crate) code_lifetime: i64,
    /// The lifetimes of the tokens that a code or a refresh token gives.
    pub(crate) lifetimes: fn(&Grant) -> Lifetimes,
}
