//! An authorization server's metadata, checked against the requirements of the AT Protocol.

use serde::Deserialize;
use url::Url;

use super::{AtDiscoveryError, Found, at_path, get, origin};
use crate::net::{HttpClient, Reach};
use platforms::MAX_ENDPOINT;

/// An authorization server that meets the requirements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationServer {
    pub issuer: String,
    /// The authorization endpoint, for the customer's browser.
    pub authorize: Url,
    pub token: Url,
    /// Pushed authorization requests (RFC 9126).
    pub par: Url,
    /// RFC 7009.
    pub revoke: Option<Url>,
    /// The scopes without parameters that it supports.
    pub scopes: Vec<String>,
}

impl AuthorizationServer {
    /// Whether it names all of `scopes`, of which there are some.
    #[must_use]
    pub fn supports(&self, scopes: &[&str]) -> bool {
        !scopes.is_empty() && scopes.iter().all(|scope| self.scopes.iter().any(|known| known == scope))
    }
}

/// Fetches and checks the metadata of `issuer`. Every endpoint must have the issuer's origin, so that no code or token
/// is sent elsewhere.
pub async fn server(http: &HttpClient, issuer: &str) -> Result<AuthorizationServer, AtDiscoveryError> {
    let base = origin(issuer).ok_or(AtDiscoveryError::Unsupported("an issuer that is not an origin"))?;
    let url = at_path(&base, "/.well-known/oauth-authorization-server");
    let Found::Document(metadata) = get::<Metadata>(http, &url, Reach::Named).await? else {
        return Err(AtDiscoveryError::Unsupported("an issuer without metadata"));
    };
    if metadata.issuer != issuer {
        return Err(AtDiscoveryError::Mismatch("the metadata is of another issuer"));
    }
    if let Some(reason) = metadata.broken() {
        return Err(AtDiscoveryError::Unsupported(reason));
    }
    let endpoint = |text: &str| {
        let url = text
            .parse::<Url>()
            .ok()
            .filter(|url| url.origin() == base.origin() && url.username().is_empty() && url.password().is_none());
        let url = url.ok_or(AtDiscoveryError::Unsupported("an endpoint outside the issuer's origin"))?;
        let is_short = url.as_str().len() <= MAX_ENDPOINT;
        is_short.then_some(url).ok_or(AtDiscoveryError::Unsupported("an endpoint of more than 2,048 characters"))
    };
    Ok(AuthorizationServer {
        authorize: endpoint(&metadata.authorization_endpoint)?,
        token: endpoint(&metadata.token_endpoint)?,
        par: endpoint(&metadata.pushed_authorization_request_endpoint)?,
        revoke: metadata.revocation_endpoint.as_deref().map(endpoint).transpose()?,
        issuer: metadata.issuer,
        scopes: metadata.scopes_supported,
    })
}

/// <https://atproto.com/specs/oauth#server-metadata>. Absent fields count as unsupported.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    pushed_authorization_request_endpoint: String,
    revocation_endpoint: Option<String>,
    #[serde(default)]
    response_types_supported: Vec<String>,
    #[serde(default)]
    grant_types_supported: Vec<String>,
    #[serde(default)]
    code_challenge_methods_supported: Vec<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    #[serde(default)]
    dpop_signing_alg_values_supported: Vec<String>,
    #[serde(default)]
    scopes_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    #[serde(default)]
    require_pushed_authorization_requests: bool,
    #[serde(default)]
    client_id_metadata_document_supported: bool,
    require_request_uri_registration: Option<bool>,
}

impl Metadata {
    /// The first requirement that the server does not meet.
    fn broken(&self) -> Option<&'static str> {
        let has = |list: &[String], value: &str| list.iter().any(|entry| entry == value);
        let demands = [
            (has(&self.response_types_supported, "code"), "no response type `code`"),
            (has(&self.grant_types_supported, "authorization_code"), "no grant type `authorization_code`"),
            (has(&self.grant_types_supported, "refresh_token"), "no grant type `refresh_token`"),
            (has(&self.code_challenge_methods_supported, "S256"), "no PKCE with S256"),
            (has(&self.token_endpoint_auth_methods_supported, "none"), "no public clients"),
            (has(&self.token_endpoint_auth_methods_supported, "private_key_jwt"), "no clients with a key"),
            (has(&self.token_endpoint_auth_signing_alg_values_supported, "ES256"), "no client keys with ES256"),
            (!has(&self.token_endpoint_auth_signing_alg_values_supported, "none"), "unsigned client assertions"),
            (has(&self.dpop_signing_alg_values_supported, "ES256"), "no DPoP with ES256"),
            (has(&self.scopes_supported, "atproto"), "no scope `atproto`"),
            (self.authorization_response_iss_parameter_supported, "no `iss` in callbacks"),
            (self.require_pushed_authorization_requests, "no required PAR"),
            (self.client_id_metadata_document_supported, "no client metadata documents"),
            (self.require_request_uri_registration != Some(false), "unregistered request URIs"),
        ];
        demands.into_iter().find_map(|(met, reason)| (!met).then_some(reason))
    }
}
