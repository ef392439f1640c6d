//! Refusals by a server, classified by status and error name. The status alone is ambiguous: a bad token is 400 or 401, a
//! deactivated account 401, a missing record 400. <https://atproto.com/specs/xrpc#error-responses>

use std::time::Duration;

use chrono::DateTime;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use crate::{Error, FaultCode, Response};

/// The most characters of a server's message that are kept.
const MAX_MESSAGE: usize = 300;

/// Bluesky's shortest rate limit window, for responses that do not say when the window ends.
const WINDOW: Duration = Duration::from_secs(5 * 60);

const LONGEST_WAIT: u64 = 24 * 60 * 60;

/// The body of an error: XRPC's fields, or OAuth's for a refused token.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: String,
    message: String,
    error_description: String,
}

/// The error's machine-readable name.
pub(super) fn name(answer: &Response) -> String {
    serde_json::from_slice::<Refusal>(answer.body()).unwrap_or_default().error
}

/// Whether the grant lacks a scope for the request.
pub(super) fn lacks_scope(answer: &Response) -> bool {
    matches!(name(answer).as_str(), "ScopeMissingError" | "insufficient_scope")
}

/// Classifies a response other than 200.
pub(super) fn classify(answer: &Response) -> Error {
    let refusal: Refusal = serde_json::from_slice(answer.body()).unwrap_or_default();
    let status = answer.status();
    let words = if refusal.message.is_empty() { &refusal.error_description } else { &refusal.message };
    let message = if words.is_empty() { format!("status {}", status.as_u16()) } else { cap(words) };
    let rejected = |code, message| Error::Rejected { code, message };
    if !status.is_client_error() {
        return Error::OutcomeUnknown(format!("Bluesky answered {}", status.as_u16()));
    }
    match refusal.error.as_str() {
        // A proof can be refused because of clock skew or a missing nonce. That says nothing about the token.
        "use_dpop_nonce" | "invalid_dpop_proof" => Error::OutcomeUnknown(message),
        "AccountTakedown" | "AccountSuspended" | "RepoTakendown" | "RepoSuspended" => {
            rejected(FaultCode::AccountSuspended, message)
        }
        "AccountDeactivated" | "RepoDeactivated" => rejected(FaultCode::AccountDeactivated, message),
        "AccountNotFound" | "RepoNotFound" => rejected(FaultCode::AccountNotFound, message),
        "InvalidMimeType" | "InvalidSize" => rejected(FaultCode::MediaRefused, message),
        // A refused token, with any status. A missing scope, too, is solved by authorizing again.
        "ExpiredToken" | "InvalidToken" | "invalid_token" | "ScopeMissingError" | "insufficient_scope" => {
            Error::Reconnect(message)
        }
        _ => match status {
            StatusCode::UNAUTHORIZED => Error::Reconnect(message),
            StatusCode::TOO_MANY_REQUESTS => Error::RateLimited { retry_after: until_reset(answer.headers()), message },
            StatusCode::FORBIDDEN => rejected(FaultCode::NotPermitted, message),
            StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE => rejected(FaultCode::ContentRefused, message),
            _ => rejected(FaultCode::Refused, message),
        },
    }
}

/// The time to wait. `ratelimit-reset` is in epoch seconds and compared with the response's `Date`, because adapters have
/// no clock.
fn until_reset(headers: &HeaderMap) -> Duration {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let seconds = |name: &str| text(name)?.parse::<i64>().ok();
    let date = text(header::DATE.as_str()).and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    let wait = match (seconds(header::RETRY_AFTER.as_str()), seconds("ratelimit-reset"), date) {
        (Some(wait), ..) => wait,
        // Add a second: both times are truncated to seconds.
        (None, Some(reset), Some(date)) => reset.saturating_sub(date.timestamp()).saturating_add(1),
        _ => return WINDOW,
    };
    Duration::from_secs(u64::try_from(wait).unwrap_or(0).clamp(1, LONGEST_WAIT))
}

/// A server's message, shortened and on one line.
pub(super) fn cap(words: &str) -> String {
    words.chars().map(|char| if char.is_control() { ' ' } else { char }).take(MAX_MESSAGE).collect()
}
