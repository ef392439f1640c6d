//! What a platform *is*, as data. A quirk is a named field with a value from a closed list; never a template string,
//! never an `if platform ==` elsewhere.

use std::time::Duration;

/// The facts of one platform.
#[derive(Debug)]
pub struct Spec {
    /// As a customer knows it.
    pub display_name: &'static str,
    pub authorization: Authorization,
    pub scopes: &'static [&'static str],
    pub scope_separator: char,
    /// Scopes without which a grant is of no use; an authorization that lacks one is refused.
    pub required_scopes: &'static [&'static str],
    /// The token endpoint's error codes that say a refresh token is dead for good.
    pub dead_grant: &'static [&'static str],
    pub pkce: Pkce,
    /// What the customer must name before the way to the platform is known.
    pub asks_for: Option<Asks>,
    pub absence_proof: AbsenceProof,
    /// When a commit without an answer is read back: the waits before each look.
    pub read_back_after: &'static [Duration],
    /// Whether the sandbox has a simulator of it: only then is it offered in test mode.
    pub simulated: bool,
}

/// How authorization begins and ends.
#[derive(Debug)]
pub enum Authorization {
    /// One server, one app with an id and a secret.
    App { authorize: &'static str, token: &'static str, client: ClientAuthentication },
    /// The AT Protocol: the server is discovered from the customer's handle; PAR and DPoP; the client's id is the
    /// address of a document. <https://atproto.com/specs/oauth>
    AtProtocol,
}

/// How our app proves itself at the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// RFC 6749 §2.3.1: HTTP Basic.
    Basic,
}

/// RFC 7636.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pkce {
    S256,
}

/// What the connect page asks for before the start.
#[derive(Debug)]
pub struct Asks {
    /// The form field's name.
    pub field: &'static str,
    pub label: &'static str,
    pub example: &'static str,
}

/// Whether not finding a post proves that it was not published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbsenceProof {
    /// A call that timed out may still land.
    Never,
    /// Once this long has passed since the commit was sent.
    After(Duration),
}
