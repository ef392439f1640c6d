//! The facts of a platform, as data. A quirk is a named field with a closed set of values: other code reads the field and
//! never compares platform ids.

use std::time::Duration;

use crate::{Content, media::MediaRules, options::PlatformOption};

/// An access token that expires within this time may expire before the request that carries it arrives.
pub const ABOUT_TO_END: Duration = Duration::from_secs(60);

/// The facts of one platform.
#[derive(Debug)]
pub struct Spec {
    /// The name as customers know it.
    pub display_name: &'static str,
    pub authorization: Authorization,
    pub scopes: &'static [&'static str],
    pub scope_separator: char,
    /// Scopes that publishing needs. An authorization that lacks one is refused.
    pub required_scopes: &'static [&'static str],
    /// Further scopes that media need. An account without them posts text alone.
    pub media_scopes: &'static [&'static str],
    /// The scopes to ask for where a server refuses `scopes` because it is older, and says that it supports these. They
    /// permit all that `scopes` do. Empty where there are none.
    pub older_scopes: &'static [&'static str],
    /// Error codes of the token endpoint that mean that a grant is invalid for good.
    pub dead_grant: &'static [&'static str],
    pub pkce: Pkce,
    /// A suffix that the platform appends to authorization codes and that is not part of them; mostly empty.
    pub code_suffix: &'static str,
    /// The exchange of the first token for a long-lived one, where the platform has it.
    pub long_lived: Option<LongLived>,
    pub renewal: Renewal,
    /// How long before its expiry an access token is renewed.
    pub renew_before: Duration,
    pub revocation: Revocation,
    /// Whether the platform tells us by signed requests that a person removed our app or asks for the deletion of their
    /// data. <https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback>
    pub signed_requests: bool,
    /// A question to the customer that must be answered before the authorization server is known.
    pub prompt: Option<Prompt>,
    /// A sentence for the customer on which accounts can be connected, where not all can.
    pub account_note: Option<&'static str>,
    /// Whether Onbehalf uploads the files of a post, and therefore has to know their lengths.
    pub uploads_media: bool,
    /// Rules for the media of a post.
    pub media: MediaRules,
    /// The options of a post that only this platform has.
    pub options: &'static [PlatformOption],
    /// Whether a commit without an answer may be sent again.
    pub repeat: Repeat,
    /// When a commit that is not found can no longer take effect.
    pub absence: Absence,
    /// The waits before each read-back of a commit without an answer.
    pub read_back_after: &'static [Duration],
}

impl Spec {
    /// The `scope` parameter: all scopes, joined as the platform expects.
    #[must_use]
    pub fn scope(&self) -> String {
        self.joined(self.scopes)
    }

    /// The `scope` parameter for an older server.
    #[must_use]
    pub fn older_scope(&self) -> String {
        self.joined(self.older_scopes)
    }

    /// All scopes that may be asked for.
    #[must_use]
    pub fn any_scope(&self) -> String {
        let older = self.older_scopes.iter().filter(|scope| !self.scopes.contains(scope));
        self.joined(&self.scopes.iter().chain(older).copied().collect::<Vec<_>>())
    }

    fn joined(&self, scopes: &[&str]) -> String {
        scopes.join(&self.scope_separator.to_string())
    }

    /// Those of `scopes` that the granted ones do not permit.
    #[must_use]
    pub fn missing(&self, scopes: &[&'static str], granted: &[String]) -> Vec<&'static str> {
        let has = |scope: &&str| granted.iter().any(|granted| granted == scope);
        let permits_all = !self.older_scopes.is_empty() && self.older_scopes.iter().all(has);
        scopes.iter().copied().filter(|scope| !permits_all && !has(scope)).collect()
    }

    /// A scope that this content needs and the customer did not grant, and what needs it.
    pub(crate) fn scope_for(&self, content: &Content) -> Option<(&'static str, String)> {
        let lacks = |scopes| content.abilities.missing(self, scopes).first().copied();
        let media = || lacks(self.media_scopes).map(|scope| (scope, "media".to_owned()));
        let option = || {
            let is_used = |option: &&PlatformOption| {
                // A flag that is false asks for nothing.
                content.options.get(option.name).is_some_and(|value| *value != serde_json::Value::Bool(false))
            };
            let used = self.options.iter().filter(is_used);
            used.into_iter().find_map(|option| Some((lacks(option.scopes)?, format!("`{}`", option.name))))
        };
        if content.media.is_empty() { None } else { media() }.or_else(option)
    }
}

/// The kind of authorization server.
#[derive(Debug)]
pub enum Authorization {
    /// One server for all accounts, where our app is registered with an id and a secret.
    App {
        authorize: &'static str,
        token: &'static str,
        /// The platform's name of the parameter `client_id`.
        client_id: &'static str,
        client: ClientAuthentication,
    },
    /// The AT Protocol: discovery of the server from the customer's handle, PAR, DPoP, and a client id that is the
    /// address of a metadata document. <https://atproto.com/specs/oauth>
    AtProtocol,
}

/// How our app authenticates at the token endpoint.
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
    /// Not supported: the platform refuses unknown parameters.
    None,
    S256,
}

/// The exchange of a short-lived token for a long-lived one: a GET with the client secret in the query.
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
    /// A GET with the access token itself, before it expires.
    AccessToken { url: &'static str, grant_type: &'static str },
}

/// How a grant is revoked at the platform when its account is disconnected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// RFC 7009, authenticated as our app.
    Token { url: &'static str, ends: Ends },
    /// RFC 7009, if the server's metadata names an endpoint.
    Discovered,
    /// Not possible, or only for everything that the person ever granted to our app through any agency.
    None,
}

/// The token to revoke in order to end the whole grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    AccessToken,
    /// Falls back to the access token if the grant has no refresh token.
    RefreshToken,
}

/// A question that the connect page asks before it starts an authorization.
#[derive(Debug)]
pub struct Prompt {
    /// The form field's name.
    pub field: &'static str,
    pub label: &'static str,
    pub example: &'static str,
}

/// Whether the same commit, sent again, makes no second post. That says nothing about whether the first one took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It may make a second post.
    Never,
    /// The commit carries a key, and the platform keeps one post for a key. Two commits that overlap may still both take
    /// effect, so the next one is sent `after` the last one can no longer be answered, and `within` this time of the first.
    ByKey { after: Duration, within: Duration },
}

/// When a commit whose post is not found can no longer take effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// Not known: a person has to look.
    Never,
    /// When the platform says so: [`Found::Absent`](crate::Found::Absent).
    ByStatus,
    /// This long after the commit can no longer be answered. The platform may say so earlier.
    After(Duration),
}
