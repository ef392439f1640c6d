//! Errors of the authorization server (RFC 6749, section 5.2). Each carries the nonce for the next proof.

use http::StatusCode;
use serde_json::json;

use super::dpop::{self, ProofError, Server};
use crate::{
    context::Context,
    reply::{self, Stop, stop},
};

/// Ends the request with this error.
pub(super) fn refuse<T>(context: &Context, error: &str, description: &str) -> Result<T, Stop> {
    let status = if error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    let body = json!({ "error": error, "error_description": description });
    stop(dpop::mark(context, Server::Authorization, reply::json(status, &body))?)
}

/// Ends the request because of its DPoP proof.
pub(super) fn refuse_proof<T>(context: &Context, error: &ProofError) -> Result<T, Stop> {
    match error {
        ProofError::Missing => refuse(context, "invalid_dpop_proof", "DPoP proof required"),
        ProofError::Nonce => refuse(context, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof"),
        ProofError::Invalid(reason) => refuse(context, "invalid_dpop_proof", reason),
    }
}
