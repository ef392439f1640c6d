//! Who an account is: its handle, its DID document in the PLC directory, and its server.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::{account, query, spec::SPEC, xrpc_error::refuse};
use crate::{
    context::Context,
    reply::{self, Reply, Stop},
};

/// `GET /xrpc/com.atproto.identity.resolveHandle`
pub(super) fn resolve(request: &Request<Bytes>) -> Result<Reply, Stop> {
    let parameters = query::read(request, &["handle"])?;
    let handle = query::required(&parameters, "handle")?;
    match SPEC.account_by_username(handle) {
        Some(account) => Ok(reply::json(StatusCode::OK, &json!({ "did": account.id }))),
        None => refuse("HandleNotFound", "Unable to resolve handle"),
    }
}

/// `GET /did:plc:…`: the DID document. <https://atproto.com/specs/did#did-documents>
pub(super) fn document(context: &Context, did: &str) -> Reply {
    let Some(account) = account::named(did) else {
        return reply::json(StatusCode::NOT_FOUND, &json!({ "message": format!("DID not registered: {did}") }));
    };
    let body = json!({
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": account.id,
        "alsoKnownAs": [format!("at://{}", account.username)],
        "verificationMethod": [],
        "service": [{
            "id": "#atproto_pds",
            "type": "AtprotoPersonalDataServer",
            "serviceEndpoint": context.public_url,
        }],
    });
    reply::json(StatusCode::OK, &body)
}

/// The DID of the PDS.
pub(super) fn service_did(context: &Context) -> String {
    let host = url::Url::parse(&context.public_url).ok().and_then(|url| url.host_str().map(str::to_owned));
    format!("did:web:{}", host.unwrap_or_default())
}

/// `GET /xrpc/com.atproto.server.describeServer`
pub(super) fn server(context: &Context) -> Reply {
    let body = json!({
        "did": service_did(context),
        "availableUserDomains": [".test"],
        "inviteCodeRequired": true,
        "links": {},
        "contact": {},
    });
    reply::json(StatusCode::OK, &body)
}
