//! What a platform *is*, as data. A quirk is a named field with a value from a closed list; never a template string,
//! never an `if platform ==` elsewhere.

use std::time::Duration;

use super::{media::MediaRules, options::PlatformOption};

/// An access token that ends this soon may not outlive the request it is sent with.
pub const ABOUT_TO_END: Duration = Duration::from_secs(60);

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
    /// What the platform appends to a code and is no part of it; mostly nothing.
    pub code_suffix: &'static str,
    /// A second exchange, for a token that lives long.
    pub long_lived: Option<LongLived>,
    pub renewal: Renewal,
    /// How long before its end an access token is renewed.
    pub renew_before: Duration,
    pub revocation: Revocation,
    /// What the customer must name before the way to the platform is known.
    pub asks_for: Option<Asks>,
    /// Which accounts can be connected, in a sentence for the customer, where not every one can.
    pub account_note: Option<&'static str>,
    /// What its posts may carry besides text.
    pub media: MediaRules,
    /// What an agency may or must say about a post for this platform alone.
    pub options: &'static [PlatformOption],
    pub absence_proof: AbsenceProof,
    /// When a commit without an answer is read back: the waits before each look.
    pub read_back_after: &'static [Duration],
    /// Whether the sandbox has a simulator of it: only then is it offered in test mode.
    pub simulated: bool,
}

impl Spec {
    /// What we ask for, as the platform spells a list.
    #[must_use]
    pub fn scope(&self) -> String {
        self.scopes.join(&self.scope_separator.to_string())
    }
}

/// How authorization begins and ends.
#[derive(Debug)]
pub enum Authorization {
    /// One server, one app with an id and a secret.
    App {
        authorize: &'static str,
        token: &'static str,
        /// What the platform calls `client_id`.
        client_id: &'static str,
        client: ClientAuthentication,
    },
    /// The AT Protocol: the server is discovered from the customer's handle; PAR and DPoP; the client's id is the
    /// address of a document. <https://atproto.com/specs/oauth>
    AtProtocol,
}

/// How our app proves itself at the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// RFC 6749 §2.3.1: HTTP Basic.
    Basic,
    /// RFC 6749 §2.3.1: id and secret in the form.
    Form,
}

/// RFC 7636.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pkce {
    /// The platform does not know it; an unknown parameter would be refused.
    None,
    S256,
}

/// The exchange of a short-lived token for a long-lived one: a GET with our secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongLived {
    pub url: &'static str,
    pub grant_type: &'static str,
}

/// How an access token is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// RFC 6749 §6, at the token endpoint.
    RefreshToken,
    /// The access token renews itself, as long as it lives: a GET.
    AccessToken { url: &'static str, grant_type: &'static str },
}

/// How a grant is ended at the platform when its account is disconnected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// RFC 7009, as our app.
    Token { url: &'static str, ends: Ends },
    /// RFC 7009, where the server's own metadata says; it need not say.
    Discovered,
    /// There is no such call, or only one that ends all that the person ever granted our app, through any agency.
    None,
}

/// The token that ends a whole grant when it is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    AccessToken,
    /// The access token, for a grant that has no other.
    RefreshToken,
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
