//! `GET /oauth/client-metadata.json`: who we are to Bluesky's servers. The document's address is our client id; it names
//! where they may send customers back, what we may ask for, and our public keys, inline: what is read at once can be
//! kept at once. <https://atproto.com/specs/oauth#client-id-metadata-document>
//!
//! Servers keep it for some ten minutes, so a new key stands here before anything is signed with it.
//!
//! Errors: 404 where we have no public https address, and so no client id.

use http::{StatusCode, header};
use platforms::PlatformId;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use shared::{
    api::{
        Code, Error, Request, Response,
        contract::{Content, Operation, schema_of},
        request::public_url,
    },
    deps,
    oauth::{client, redirect_uri},
    secrets::ClientKeys,
};
use url::Url;

deps! {
    #[derive(Clone)]
    pub struct Deps {
        pub client_keys: ClientKeys,
        pub public_url: Option<Url>,
    }
}

/// A client's own description: RFC 7591 §2, with RFC 9449 §5.2.
#[derive(Serialize, JsonSchema)]
struct ClientDocument {
    /// This document's own address.
    client_id: Url,
    client_name: Option<String>,
    client_uri: String,
    application_type: &'static str,
    grant_types: [&'static str; 2],
    response_types: [&'static str; 1],
    redirect_uris: [String; 1],
    /// What may be asked for, separated by spaces.
    scope: String,
    token_endpoint_auth_method: &'static str,
    token_endpoint_auth_signing_alg: &'static str,
    dpop_bound_access_tokens: bool,
    /// Public keys: RFC 7517 §5.
    jwks: Value,
}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::get(
        "/oauth/client-metadata.json",
        "clientMetadata",
        "About",
        "Describe this deployment to Bluesky's servers",
    )
    .describe("Its address is the client id of this deployment. Agencies have no use for it.")
    .answer(StatusCode::OK, "The client's description.", Content::Json(schema_of::<ClientDocument>))
    .error(Code::NotFound)
}

/// # Errors
/// 404.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let public = public_url(&request, deps.public_url.as_ref())?;
    if public.scheme() != "https" {
        return Err(Error::not_found("client document: it needs a public https address"));
    }
    let document = json!(ClientDocument {
        client_id: client::metadata_url(&public),
        client_name: public.host_str().map(ToOwned::to_owned),
        client_uri: public.origin().ascii_serialization(),
        application_type: "web",
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        redirect_uris: [redirect_uri(&public, PlatformId::Bluesky)],
        scope: platforms::spec(PlatformId::Bluesky).scope(),
        token_endpoint_auth_method: "private_key_jwt",
        token_endpoint_auth_signing_alg: "ES256",
        dpop_bound_access_tokens: true,
        jwks: client::jwks(&deps.client_keys),
    });
    Ok(Response::document(document).with(header::CACHE_CONTROL, "public, max-age=60"))
}
