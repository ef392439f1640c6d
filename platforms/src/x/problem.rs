//! Refusals by X, classified by status and problem type.
//! <https://docs.x.com/x-api/fundamentals/response-codes-and-errors>

use std::time::Duration;

use http::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{Error, FaultCode, Response};

/// X's most common rate limit window, for responses that do not say when the window ends.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// How often X is asked whether the app has credits again.
const NO_CREDITS: Duration = Duration::from_secs(60 * 60);

/// An error in any of X's forms.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Problem {
    r#type: String,
    title: String,
    detail: String,
    message: String,
    /// What is wrong with single parameters.
    errors: Vec<Fault>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fault {
    message: String,
}

impl Problem {
    fn of(answer: &Response) -> Self {
        serde_json::from_slice(answer.body()).unwrap_or_default()
    }

    /// X's most precise words.
    pub(super) fn into_reason(self) -> Option<String> {
        let faults = self.errors.into_iter().map(|fault| fault.message);
        faults.chain([self.detail, self.message, self.title]).find(|text| !text.is_empty())
    }
}

/// X's words in a refusal.
pub(super) fn message(answer: &Response) -> String {
    Problem::of(answer).into_reason().unwrap_or_default()
}

/// Whether X refuses a post because an upload expired, is unknown or is not processed. Nothing was published.
pub(super) fn is_about_media(answer: &Response) -> bool {
    answer.status() == StatusCode::BAD_REQUEST && message(answer).to_ascii_lowercase().contains("media ids are invalid")
}

/// The body of a successful response, or the classified refusal.
pub(super) fn read<T: DeserializeOwned>(answer: &Response) -> Result<T, Error> {
    if answer.status().is_success() {
        return serde_json::from_slice(answer.body())
            .map_err(|_| Error::OutcomeUnknown("X's response does not have the documented shape".into()));
    }
    Err(classify(answer))
}

pub(super) fn classify(answer: &Response) -> Error {
    let Problem { r#type, detail, .. } = Problem::of(answer);
    let message = message(answer);
    let is = |name: &str| r#type.ends_with(name);
    let no_credits =
        || Error::Later { code: FaultCode::UsageCapped, retry_after: NO_CREDITS, message: message.clone() };
    match answer.status() {
        StatusCode::UNAUTHORIZED => Error::Reconnect(message),
        StatusCode::PAYMENT_REQUIRED => no_credits(),
        StatusCode::TOO_MANY_REQUESTS if is("usage-capped") => no_credits(),
        StatusCode::TOO_MANY_REQUESTS => Error::RateLimited { retry_after: until_reset(answer), message },
        StatusCode::FORBIDDEN => Error::Rejected { code: forbidden(&detail), message },
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE => {
            Error::Rejected { code: FaultCode::ContentRefused, message }
        }
        status if status.is_client_error() => Error::Rejected { code: FaultCode::Refused, message },
        status => Error::OutcomeUnknown(format!("X answered {status}")),
    }
}

/// X forbids posts for what they contain, too. It says so only in words.
fn forbidden(detail: &str) -> FaultCode {
    const WORDS: [(&str, FaultCode); 6] = [
        ("duplicate content", FaultCode::DuplicateContent),
        ("one cashtag", FaultCode::TooManyCashtags),
        ("suspended", FaultCode::AccountSuspended),
        ("a video longer than", FaultCode::MediaLength),
        ("an invalid URL", FaultCode::ContentRefused),
        // The text is too long for the account, or the media cannot be posted together.
        ("not permitted to perform this action", FaultCode::ContentRefused),
    ];
    WORDS.iter().find(|(words, _)| detail.contains(words)).map_or(FaultCode::NotPermitted, |(_, code)| *code)
}

/// The names of the limits in the headers of an answer.
const LIMITS: [&str; 3] = ["x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"];

/// The time to wait for the limit that is used up, or for the last one if there are several. X sends no `Retry-After` but the end
/// of each limit in epoch seconds, which is compared with the response's `Date`, because adapters have no clock.
fn until_reset(answer: &Response) -> Duration {
    let number = |limit: &str, of: &str| -> Option<i64> {
        answer.headers().get(format!("{limit}-{of}"))?.to_str().ok()?.parse().ok()
    };
    let is_left = |limit: &&str| number(limit, "remaining").is_some_and(|remaining| remaining > 0);
    let reset = LIMITS.iter().filter(|limit| !is_left(limit)).filter_map(|limit| number(limit, "reset")).max();
    let date = answer
        .headers()
        .get(http::header::DATE)
        .and_then(|date| chrono::DateTime::parse_from_rfc2822(date.to_str().ok()?).ok());
    match (reset, date) {
        (Some(reset), Some(date)) => {
            // Add a second: the reset is truncated to seconds.
            let wait = reset.saturating_sub(date.timestamp()).saturating_add(1).clamp(1, 24 * 60 * 60);
            Duration::from_secs(wait.unsigned_abs())
        }
        _ => WINDOW,
    }
}
