//! What the platforms' OAuth servers have in common: `authorize` (checking who asks), `consent` (the
//! page and the decision), `code` (given once, exchanged once), `grant` (what was granted, and its
//! tokens), `form` (what the token endpoint is posted) and `bearer` (who calls). A platform adds what is
//! peculiar to it: names, words, scopes and lifetimes.

pub(crate) mod authorize;
pub(crate) mod bearer;
pub(crate) mod code;
pub(crate) mod consent;
pub(crate) mod form;
pub(crate) mod grant;

use crate::{App, Sandbox};

/// How long tokens live, in seconds.
pub(crate) struct Terms {
    pub(crate) access: i64,
    pub(crate) refresh: Refresh,
}

/// Whether there is a refresh token.
pub(crate) enum Refresh {
    None,
    /// It lives until it is used.
    Lasting,
    /// Seconds; using it gives another one that lives as long.
    For(i64),
}

/// What the token endpoint hands out.
pub(crate) struct Tokens {
    pub(crate) access: String,
    /// Seconds.
    pub(crate) expires_in: i64,
    pub(crate) refresh: Option<String>,
    /// The account's id.
    pub(crate) account: String,
    /// What was granted, as the platform wrote it.
    pub(crate) scope: String,
}

/// Why the token endpoint refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    Code,
    RedirectUri,
    Verifier,
    RefreshToken,
    /// The account has withdrawn the app's access.
    Withdrawn,
}

/// The registered app of this id.
pub(crate) fn app<'a>(sandbox: &'a Sandbox, client_id: &str) -> Option<&'a App> {
    sandbox.config.apps.iter().find(|app| app.client_id == client_id)
}
