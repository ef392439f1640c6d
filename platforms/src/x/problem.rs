//! Refusals by X, classified by status and problem type.
//! <https://docs.x.com/x-api/fundamentals/response-codes-and-errors>

use std::time::Duration;

use http::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{Error, FaultCode, Response};

/// X's most common rate limit window, for responses that do not say when the window ends.
const WINDOW: Duration = Duration::from_secs(15 * 60);

#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    r#type: String,
    title: String,
    detail: String,
}

/// The body of a successful response, or the classified refusal.
pub(super) fn read<T: DeserializeOwned>(answer: &Response) -> Result<T, Error> {
    if answer.status().is_success() {
        return serde_json::from_slice(answer.body())
            .map_err(|_| Error::OutcomeUnknown("X's response does not have the documented shape".into()));
    }
    Err(classify(answer))
}

fn classify(answer: &Response) -> Error {
    let problem: Problem = serde_json::from_slice(answer.body()).unwrap_or_default();
    let message = if problem.detail.is_empty() { problem.title.clone() } else { problem.detail.clone() };
    let rejected = |code| Error::Rejected { code, message: message.clone() };
    let is = |name: &str| problem.r#type.ends_with(name);
    match answer.status() {
        StatusCode::UNAUTHORIZED => Error::Reconnect(message),
        StatusCode::TOO_MANY_REQUESTS if is("usage-capped") => rejected(FaultCode::UsageCapped),
        StatusCode::TOO_MANY_REQUESTS => Error::RateLimited { retry_after: until_reset(answer), message },
        StatusCode::FORBIDDEN if problem.detail.contains("duplicate content") => rejected(FaultCode::DuplicateContent),
        StatusCode::FORBIDDEN if problem.detail.contains("one cashtag") => rejected(FaultCode::TooManyCashtags),
        StatusCode::FORBIDDEN if problem.detail.contains("suspended") => rejected(FaultCode::AccountSuspended),
        StatusCode::FORBIDDEN => rejected(FaultCode::NotPermitted),
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE => rejected(FaultCode::ContentRefused),
        status if status.is_client_error() => rejected(FaultCode::Refused),
        status => Error::OutcomeUnknown(format!("X answered {status}")),
    }
}

/// The time to wait. X sends no `Retry-After` but `x-rate-limit-reset` in epoch seconds, which is compared with the
/// response's `Date`, because adapters have no clock.
fn until_reset(answer: &Response) -> Duration {
    let seconds = |name: &str| answer.headers().get(name)?.to_str().ok()?.parse::<i64>().ok();
    let date = answer
        .headers()
        .get(http::header::DATE)
        .and_then(|date| chrono::DateTime::parse_from_rfc2822(date.to_str().ok()?).ok());
    match (seconds("x-rate-limit-reset"), date) {
        (Some(reset), Some(date)) => {
            // Add a second: the reset is truncated to seconds.
            let wait = reset.saturating_sub(date.timestamp()).saturating_add(1).clamp(1, 24 * 60 * 60);
            Duration::from_secs(wait.unsigned_abs())
        }
        _ => WINDOW,
    }
}
