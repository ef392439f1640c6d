//! Errors of XRPC: a name and a message. <https://atproto.com/specs/xrpc#error-responses>

use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::dpop::{self, ProofError, Server};
use crate::{
    context::Context,
    error::Error,
    reply::{self, Reply, Stop, stop},
};

pub(super) fn reply(status: StatusCode, name: &str, message: &str) -> Reply {
    reply::json(status, &json!({ "error": name, "message": message }))
}

pub(super) fn not_implemented() -> Reply {
    reply(StatusCode::NOT_IMPLEMENTED, "MethodNotImplemented", "Method Not Implemented")
}

/// Ends the request with 403, because the granted scopes lack this one.
pub(super) fn scope_missing<T>(scope: &str) -> Result<T, Stop> {
    stop(reply(StatusCode::FORBIDDEN, "ScopeMissingError", &format!("Missing required scope \"{scope}\"")))
}

/// Ends the request with 400 and this name.
pub(super) fn refuse<T>(name: &str, message: &str) -> Result<T, Stop> {
    stop(reply(StatusCode::BAD_REQUEST, name, message))
}

/// Ends the request because its input is not valid.
pub(super) fn invalid<T>(message: &str) -> Result<T, Stop> {
    refuse("InvalidRequest", message)
}

/// Ends the request because its access token or proof is not valid, with the nonce for the next proof.
pub(super) fn challenge<T>(context: &Context, error: &str, message: &str) -> Result<T, Stop> {
    let mut reply = reply(StatusCode::UNAUTHORIZED, error, message);
    let header = format!("DPoP error=\"{error}\", error_description=\"{}\"", message.replace('"', "'"));
    reply.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::try_from(header).map_err(Error::from)?);
    stop(dpop::mark(context, Server::Resource, reply)?)
}

/// Ends the request because of its DPoP proof.
pub(super) fn refuse_proof<T>(context: &Context, error: &ProofError) -> Result<T, Stop> {
    match error {
        ProofError::Missing => challenge(context, "invalid_dpop_proof", "DPoP proof required"),
        ProofError::Nonce => challenge(context, "use_dpop_nonce", "Resource server requires nonce in DPoP proof"),
        ProofError::Invalid(reason) => challenge(context, "invalid_dpop_proof", reason),
    }
}
