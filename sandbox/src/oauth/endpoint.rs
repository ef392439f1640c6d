//! The rules of an authorization endpoint, and a request that satisfies them.

use crate::{config::App, fields::Fields};

pub(crate) struct AuthorizationEndpoint {
    /// The path of the endpoint, to which the consent form is posted too.
    pub(crate) path: &'static str,
    /// The accepted parameters, in the order of the consent form.
    pub(crate) parameters: &'static [&'static str],
    /// The parameter with the client id.
    pub(crate) client_parameter: &'static str,
    pub(crate) scopes: &'static [&'static str],
    /// The separator of scopes.
    pub(crate) separator: char,
    /// Whether a person can withhold single scopes.
    pub(crate) may_withhold: bool,
    /// The checks of this platform only. An error is a sentence for the app's developer.
    pub(crate) further: for<'a> fn(&'a Fields, &mut AuthorizationRequest<'a>) -> Result<(), String>,
}

/// A valid authorization request.
pub(crate) struct AuthorizationRequest<'a> {
    pub(crate) app: &'a App,
    pub(crate) redirect_uri: &'a str,
    pub(crate) state: &'a str,
    pub(crate) scopes: Vec<&'a str>,
    /// The S256 code challenge, if the platform uses PKCE.
    pub(crate) challenge: Option<&'a str>,
}
