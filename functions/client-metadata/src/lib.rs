//! `GET /oauth/client-metadata.json`: who we are to Bluesky's servers. The document's address is our client id; it names
//! where they may send customers back, what we may ask for, and our public keys, inline: what is read at once can be
//! kept at once. <https://atproto.com/specs/oauth#client-id-metadata-document>
//!
//! Servers keep it for some ten minutes, so a new key stands here before anything is signed with it.
//!
//! Errors: 404 where we have no public https address, and so no client id.

use http::header;
use serde_json::json;
use shared::{
    api::{Error, Request, Response, request::public_url},
    deployment::{self, Deployment},
    oauth::{client, redirect_uri},
    platform,
    platform_id::PlatformId,
    secrets::ClientKeys,
};
use url::Url;

pub struct Deps {
    pub client_keys: ClientKeys,
    pub public_url: Option<Url>,
}

impl Deps {
    /// # Errors
    /// The environment's and the secret's.
    pub async fn new(deployment: &Deployment) -> Result<Self, deployment::Error> {
        Ok(Self { client_keys: deployment.client_keys().await?, public_url: deployment.config.public_url.clone() })
    }
}

/// # Errors
/// As the module says.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let public = public_url(&request, deps.public_url.as_ref())?;
    if public.scheme() != "https" {
        return Err(Error::not_found("client document: it needs a public https address"));
    }
    let document = json!({
        "client_id": client::metadata_url(&public),
        "client_name": public.host_str(),
        "client_uri": public.origin().ascii_serialization(),
        "application_type": "web",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "redirect_uris": [redirect_uri(&public, PlatformId::Bluesky)],
        "scope": platform::spec(PlatformId::Bluesky).scope(),
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "dpop_bound_access_tokens": true,
        "jwks": client::jwks(&deps.client_keys),
    });
    Ok(Response::document(document).with(header::CACHE_CONTROL, "public, max-age=60"))
}
