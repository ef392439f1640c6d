//! `GET /oauth/client-metadata.json`: the metadata document of this deployment as an OAuth client of the AT Protocol. Its
//! address is the client id. <https://atproto.com/specs/oauth#client-id-metadata-document>
//!
//! Servers cache the document for about ten minutes, so a new key is published here before anything is signed with it.
//!
//! Errors: 404 for a deployment without a public https address, which has no client id.

use http::{StatusCode, header};
use platforms::atproto_client::{self, ClientDocument};
use serde_json::json;
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

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::get(
        atproto_client::METADATA_PATH,
        "clientMetadata",
        "About",
        "Describe this deployment to servers of the AT Protocol",
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
    let redirect_uri = redirect_uri(&public, atproto_client::PLATFORM);
    let document = json!(ClientDocument::new(&public, redirect_uri, client::jwks(&deps.client_keys)));
    Ok(Response::document(&document).with(header::CACHE_CONTROL, "public, max-age=60"))
}
