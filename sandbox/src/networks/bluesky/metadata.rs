//! The metadata of the PDS (RFC 9728) and of the authorization server (RFC 8414), which are one server.
//! <https://atproto.com/specs/oauth#server-metadata>

use http::StatusCode;
use serde_json::json;

use crate::{
    context::Context,
    reply::{self, Reply},
};

/// `GET /.well-known/oauth-protected-resource`
pub(super) fn resource(context: &Context) -> Reply {
    let origin = &context.public_url;
    let body = json!({
        "resource": origin,
        "authorization_servers": [origin],
        "scopes_supported": [],
        "bearer_methods_supported": ["header"],
        "resource_documentation": "https://atproto.com",
    });
    reply::json(StatusCode::OK, &body)
}

/// `GET /.well-known/oauth-authorization-server`
pub(super) fn issuer(context: &Context) -> Reply {
    let origin = &context.public_url;
    let body = json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/oauth/authorize"),
        "token_endpoint": format!("{origin}/oauth/token"),
        "revocation_endpoint": format!("{origin}/oauth/revoke"),
        "pushed_authorization_request_endpoint": format!("{origin}/oauth/par"),
        "require_pushed_authorization_requests": true,
        "scopes_supported": ["atproto", "transition:email", "transition:generic", "transition:chat.bsky"],
        "subject_types_supported": ["public"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "dpop_signing_alg_values_supported": ["ES256"],
        "authorization_response_iss_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": true,
        "require_request_uri_registration": true,
        "client_id_metadata_document_supported": true,
        "protected_resources": [origin],
    });
    reply::json(StatusCode::OK, &body)
}
