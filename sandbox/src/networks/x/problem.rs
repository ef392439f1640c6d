//! Errors of API v2: RFC 7807 problems with X's texts.

use http::{HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    error::Error,
    reply::{self, Reply},
};

/// A problem without a specific type. The title is the name of the status.
fn blank(status: StatusCode, detail: &str) -> Reply {
    typed(status, "about:blank", detail)
}

fn typed(status: StatusCode, kind: &str, detail: &str) -> Reply {
    let title = status.canonical_reason().unwrap_or_default();
    reply::problem(status, &json!({ "title": title, "type": kind, "status": status.as_u16(), "detail": detail }))
}

pub(crate) fn unauthorized() -> Reply {
    blank(StatusCode::UNAUTHORIZED, "Unauthorized")
}

/// The token lacks a scope.
pub(crate) fn missing_scope() -> Reply {
    blank(StatusCode::FORBIDDEN, "Forbidden")
}

/// The developer's balance is used up. X answers this without the member `status`.
pub(crate) fn credits_depleted() -> Reply {
    let detail = "Your enrolled account [1500000000000000000] does not have any credits to fulfill this request.";
    let kind = "https://api.twitter.com/2/problems/credits";
    reply::problem(StatusCode::PAYMENT_REQUIRED, &json!({ "title": "CreditsDepleted", "detail": detail, "type": kind }))
}

pub(crate) fn suspended() -> Reply {
    typed(
        StatusCode::FORBIDDEN,
        "https://api.twitter.com/2/problems/user-suspended",
        "The user used for authentication is suspended",
    )
}

pub(crate) fn duplicate() -> Reply {
    blank(StatusCode::FORBIDDEN, "You are not allowed to create a Tweet with duplicate content.")
}

/// X's answer to a text that is too long, or to media that cannot be posted together. Its detail does not give the reason.
pub(crate) fn not_permitted() -> Reply {
    blank(StatusCode::FORBIDDEN, "You are not permitted to perform this action.")
}

pub(crate) fn cashtags() -> Reply {
    blank(StatusCode::FORBIDDEN, "Posts are limited to a maximum of one cashtag")
}

pub(crate) fn invalid_url() -> Reply {
    blank(StatusCode::FORBIDDEN, "The Tweet contains an invalid URL.")
}

pub(crate) fn too_many_requests() -> Reply {
    blank(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests")
}

pub(crate) fn service_unavailable() -> Reply {
    blank(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
}

pub(crate) fn not_found() -> Reply {
    blank(StatusCode::NOT_FOUND, "Not Found")
}

pub(crate) fn too_large() -> Reply {
    blank(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large")
}

pub(crate) fn wrong_method(allowed: &Method) -> Result<Reply, Error> {
    let mut reply = blank(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    reply.headers_mut().insert(header::ALLOW, HeaderValue::try_from(allowed.as_str())?);
    Ok(reply)
}

fn invalid(error: Value) -> Reply {
    reply::problem(
        StatusCode::BAD_REQUEST,
        &json!({
            "errors": [error],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": "https://api.twitter.com/2/problems/invalid-request",
        }),
    )
}

pub(crate) fn invalid_parameter(name: &str, value: &str, message: &str) -> Reply {
    invalid(json!({ "parameters": { name: [value] }, "message": message }))
}

pub(crate) fn unknown_parameter(name: &str, value: &str, known: &[&str]) -> Reply {
    let known = known.join(",");
    let message = format!("The query parameter [{name}] is not one of [{known}]");
    invalid_parameter(name, value, &message)
}

/// The media of a post: unknown, of another user, expired or not processed.
pub(crate) fn invalid_media(ids: &[String]) -> Reply {
    invalid(json!({ "parameters": { "media.media_ids": ids }, "message": "Your media IDs are invalid." }))
}

pub(crate) fn not_json() -> Reply {
    invalid_body("Requests with bodies must have content-type of application/json.")
}

pub(crate) fn invalid_body(message: &str) -> Reply {
    invalid(json!({ "parameters": {}, "message": message }))
}
