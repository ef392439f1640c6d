//! Our OAuth client in the AT Protocol: the id of a client with a public address is the address of its metadata document,
//! and a client on loopback describes itself in its id. <https://atproto.com/specs/oauth#clients>

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::spec::SPEC;
use crate::PlatformId;

/// The platform of the AT Protocol.
pub const PLATFORM: PlatformId = PlatformId::Bluesky;

/// The path of the metadata document under a deployment's public address.
/// <https://atproto.com/specs/oauth#client-id-metadata-document>
pub const METADATA_PATH: &str = "/oauth/client-metadata.json";

/// The address of the metadata document, which is the client id.
#[must_use]
pub fn metadata_url(public: &Url) -> Url {
    let mut url = public.clone();
    url.set_path(METADATA_PATH);
    url
}

/// The client id of a client without a public address, for development. Servers read it instead of fetching a document.
/// `redirect_uri` must be on `127.0.0.1` or `[::1]`.
/// <https://atproto.com/specs/oauth#localhost-client-development>
#[must_use]
pub fn loopback_client_id(redirect_uri: &str, scope: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("scope", scope)
        .finish();
    format!("http://localhost?{query}")
}

/// The client metadata document: RFC 7591 §2, with RFC 9449 §5.2.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ClientDocument {
    /// This document's own address.
    client_id: Url,
    client_name: Option<String>,
    client_uri: String,
    application_type: &'static str,
    grant_types: [&'static str; 2],
    response_types: [&'static str; 1],
    redirect_uris: [String; 1],
    /// The scopes that may be requested, separated by spaces.
    scope: String,
    token_endpoint_auth_method: &'static str,
    token_endpoint_auth_signing_alg: &'static str,
    dpop_bound_access_tokens: bool,
    /// Public keys: RFC 7517 §5.
    jwks: Value,
}

impl ClientDocument {
    /// The document of the deployment at `public`. `jwks`: the public keys as a JWK set, inline, so that a server reads
    /// them together with the document.
    #[must_use]
    pub fn new(public: &Url, redirect_uri: String, jwks: Value) -> Self {
        Self {
            client_id: metadata_url(public),
            client_name: public.host_str().map(ToOwned::to_owned),
            client_uri: public.origin().ascii_serialization(),
            application_type: "web",
            grant_types: ["authorization_code", "refresh_token"],
            response_types: ["code"],
            redirect_uris: [redirect_uri],
            scope: SPEC.any_scope(),
            token_endpoint_auth_method: "private_key_jwt",
            token_endpoint_auth_signing_alg: "ES256",
            dpop_bound_access_tokens: true,
            jwks,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_client_without_an_address_describes_itself_in_its_id() {
        let id = loopback_client_id("http://127.0.0.1:9000/connect/bluesky/callback", "atproto repo:a.b?action=create");
        let expected = "http://localhost?redirect_uri=http%3A%2F%2F127.0.0.1%3A9000%2Fconnect%2Fbluesky%2Fcallback\
                        &scope=atproto+repo%3Aa.b%3Faction%3Dcreate";
        assert_eq!(id, expected);
    }

    #[test]
    fn the_document_names_its_own_address_and_the_redirect_uri() {
        let public = "https://api.example.com/".parse().unwrap();
        let redirect_uri = "https://api.example.com/connect/bluesky/callback";
        let document = json!(ClientDocument::new(&public, redirect_uri.into(), json!({ "keys": [] })));
        assert_eq!(document["client_id"], "https://api.example.com/oauth/client-metadata.json");
        assert_eq!(document["client_uri"], "https://api.example.com");
        assert_eq!(document["redirect_uris"], json!([redirect_uri]));
        assert_eq!(document["jwks"], json!({ "keys": [] }));
    }
}
