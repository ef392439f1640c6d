//! Refusals by Instagram, classified by code and subcode. The status alone is ambiguous: an invalid token is 400 or 401,
//! and 401 is also "too many actions".
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes>

use std::time::Duration;

use http::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Error, FaultCode, Response};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// A permission is missing. Meta's message does not say whose fault that is.
const PERMISSION: &str = "(Either the customer has taken a permission back and must connect again, or the operator's app has no \
                          Advanced Access to it.)";

#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    error: Problem,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    message: String,
    code: i64,
    error_subcode: i64,
    is_transient: bool,
    error_user_msg: String,
}

/// The body of a successful response, or the classified refusal.
pub(super) fn body<T: DeserializeOwned>(answer: &Response) -> Result<T, Error> {
    if answer.status() != StatusCode::OK {
        return Err(classify(answer));
    }
    serde_json::from_slice(answer.body())
        .map_err(|_| Error::OutcomeUnknown("Instagram's response does not have the documented shape".into()))
}

/// What a refusal says about a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AboutContainer {
    /// It is not ready (2207027) or has expired (2207020): it was not published.
    Unpublished,
    /// It was published before (2207008), or Instagram does not know its id (2207006, and Graph's 100/33).
    Gone,
}

/// Whether a refusal is about the container.
pub(super) fn about_container(answer: &Response) -> Option<AboutContainer> {
    let Problem { code, error_subcode, .. } = problem(answer)?;
    match (code, error_subcode) {
        (_, 2_207_027 | 2_207_020) => Some(AboutContainer::Unpublished),
        (_, 2_207_006 | 2_207_008) | (100, 33) => Some(AboutContainer::Gone),
        _ => None,
    }
}

fn problem(answer: &Response) -> Option<Problem> {
    let readable = answer.status() != StatusCode::OK;
    readable.then(|| serde_json::from_slice::<Envelope>(answer.body()).unwrap_or_default().error)
}

/// Classifies a response other than 200.
pub(super) fn classify(answer: &Response) -> Error {
    let Problem { message, code, error_subcode, is_transient, error_user_msg } = problem(answer).unwrap_or_default();
    let message = match (error_user_msg.is_empty(), message.is_empty()) {
        (false, _) => error_user_msg,
        (true, false) => message,
        (true, true) => format!("status {}", answer.status().as_u16()),
    };
    if let Some(error) = of_subcode(error_subcode, &message) {
        return error;
    }
    let rejected = |code| Error::Rejected { code, message: message.clone() };
    match code {
        190 | 102 => Error::Reconnect(message),
        10 | 200..=299 | 3 => Error::Reconnect(format!("{message} {PERMISSION}")),
        // "The object does not exist or the permission is missing": about the account itself.
        100 if error_subcode == 33 => Error::Reconnect(message),
        4 | 17 | 32 | 341 | 613 => Error::RateLimited { retry_after: regained(answer).unwrap_or(15 * MINUTE), message },
        9 => later(FaultCode::QuotaReached, HOUR, message),
        368 => later(FaultCode::AccountRestricted, 6 * HOUR, message),
        100 => rejected(FaultCode::ContentRefused),
        1 | 2 | -1 => Error::OutcomeUnknown(message),
        _ if is_transient => Error::OutcomeUnknown(message),
        _ => match answer.status() {
            StatusCode::UNAUTHORIZED => Error::Reconnect(message),
            StatusCode::TOO_MANY_REQUESTS => Error::RateLimited { retry_after: 15 * MINUTE, message },
            status if status.is_client_error() => rejected(FaultCode::Refused),
            status => Error::OutcomeUnknown(format!("Instagram answered {}", status.as_u16())),
        },
    }
}

/// Classifies a failed container by the number in its `status`: "…error code 2207026".
pub(super) fn of_status(status: &str) -> Error {
    let digits = |word: &str| word.trim_matches(|c: char| !c.is_ascii_digit()).parse().ok();
    let subcode = status.split_whitespace().filter_map(digits).find(|number| *number > 2_000_000);
    subcode
        .and_then(|subcode| of_subcode(subcode, status))
        .unwrap_or_else(|| Error::Rejected { code: FaultCode::MediaRefused, message: status.to_owned() })
}

fn of_subcode(subcode: i64, message: &str) -> Option<Error> {
    let rejected = |code| Some(Error::Rejected { code, message: message.to_owned() });
    match subcode {
        2_207_004 => rejected(FaultCode::MediaTooLarge),
        2_207_005 | 2_207_026 => rejected(FaultCode::MediaFormat),
        2_207_009 => rejected(FaultCode::MediaRatio),
        2_207_010 => rejected(FaultCode::ContentRefused),
        2_207_023 | 2_207_028 => rejected(FaultCode::MediaRefused),
        2_207_050 => rejected(FaultCode::AccountRestricted),
        2_207_042 => Some(later(FaultCode::QuotaReached, HOUR, message.to_owned())),
        // "We restrict certain activity": wait long, because retries extend the restriction.
        2_207_051 => Some(later(FaultCode::AccountRestricted, 6 * HOUR, message.to_owned())),
        2_207_003 | 2_207_052 | 2_207_082 => Some(later(FaultCode::MediaUnreachable, 5 * MINUTE, message.to_owned())),
        2_207_001 | 2_207_032 | 2_207_053 => Some(Error::OutcomeUnknown(message.to_owned())),
        _ => None,
    }
}

fn later(code: FaultCode, retry_after: Duration, message: String) -> Error {
    Error::Later { code, retry_after, message }
}

/// The time until calls are accepted again, from a header with JSON.
/// <https://developers.facebook.com/docs/graph-api/overview/rate-limiting>
fn regained(answer: &Response) -> Option<Duration> {
    let usage = answer.headers().get("x-business-use-case-usage")?.to_str().ok()?;
    let usage: Value = serde_json::from_str(usage).ok()?;
    let minutes = usage.as_object()?.values().filter_map(Value::as_array).flatten();
    let minutes = minutes.filter_map(|use_case| use_case["estimated_time_to_regain_access"].as_u64()).max()?;
    Some(MINUTE * u32::try_from(minutes.clamp(1, 24 * 60)).ok()?)
}
