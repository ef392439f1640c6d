//! A server's refusals, classified on status and error name: the status alone misleads (a bad token is 400 or 401, a
//! deactivated account 401, a missing record 400). <https://atproto.com/specs/xrpc#error-responses>

use std::time::Duration;

use chrono::DateTime;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use crate::Response;
use crate::{Error, FaultCode};

/// The most of a server's own words that is kept, in characters.
const MAX_MESSAGE: usize = 300;

/// Bluesky's shortest window; used when an answer does not say when it ends.
const WINDOW: Duration = Duration::from_secs(5 * 60);

const LONGEST_WAIT: u64 = 24 * 60 * 60;

/// An error's body; a token that is refused has OAuth's form.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: String,
    message: String,
    error_description: String,
}

/// The name of the error, as machines read it.
pub(super) fn name(answer: &Response) -> String {
    serde_json::from_slice::<Refusal>(answer.body()).unwrap_or_default().error
}

/// What an answer other than 200 means.
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
        // A proof that our clock or a lost nonce spoiled says nothing about the token.
        "use_dpop_nonce" | "invalid_dpop_proof" => Error::OutcomeUnknown(message),
        "AccountTakedown" | "AccountSuspended" | "RepoTakendown" | "RepoSuspended" => {
            rejected(FaultCode::AccountSuspended, message)
        }
        "AccountDeactivated" | "RepoDeactivated" => rejected(FaultCode::AccountDeactivated, message),
        "AccountNotFound" | "RepoNotFound" => rejected(FaultCode::AccountNotFound, message),
        // Names of a refused token, whatever the status. A missing scope is healed by authorizing again, too.
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

/// `ratelimit-reset` is an epoch second, read against the answer's own `Date`: there is no other clock here.
fn until_reset(headers: &HeaderMap) -> Duration {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let seconds = |name: &str| text(name)?.parse::<i64>().ok();
    let date = text(header::DATE.as_str()).and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    let wait = match (seconds(header::RETRY_AFTER.as_str()), seconds("ratelimit-reset"), date) {
        (Some(wait), ..) => wait,
        // One second more: both are cut to whole seconds.
        (None, Some(reset), Some(date)) => reset.saturating_sub(date.timestamp()).saturating_add(1),
        _ => return WINDOW,
    };
    Duration::from_secs(u64::try_from(wait).unwrap_or(0).clamp(1, LONGEST_WAIT))
}

/// Another server's words, short and on one line.
fn cap(words: &str) -> String {
    words.chars().map(|char| if char.is_control() { ' ' } else { char }).take(MAX_MESSAGE).collect()
}
