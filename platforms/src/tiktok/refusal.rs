//! Refusals by TikTok, classified by the code in the body, and the reasons of posts that failed after they were accepted.
//! <https://developers.tiktok.com/doc/tiktok-api-v2-error-handling>

use std::time::Duration;

use http::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{Error, FaultCode, Response};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

#[derive(Deserialize)]
struct Envelope<T> {
    data: Option<T>,
    error: Problem,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    code: String,
    message: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: Problem,
}

/// The `data` of a successful response, or the classified refusal. A refusal may have status 200.
pub(super) fn data<T: DeserializeOwned>(answer: &Response) -> Result<T, Error> {
    if answer.status() == StatusCode::OK
        && let Ok(Envelope { data: Some(data), error }) = serde_json::from_slice(answer.body())
        && error.code == "ok"
    {
        return Ok(data);
    }
    Err(classify(answer))
}

/// As [`data`], for a request that a draft alone needs a scope for. An account without it stays connected.
pub(super) fn data_of_draft<T: DeserializeOwned>(answer: &Response) -> Result<T, Error> {
    data(answer).map_err(|error| match (problem(answer).code.as_str(), error) {
        ("scope_not_authorized" | "scope_permission_missed", Error::Reconnect(message)) => {
            Error::Rejected { code: FaultCode::ScopeMissing, message }
        }
        (_, error) => error,
    })
}

fn problem(answer: &Response) -> Problem {
    serde_json::from_slice::<Refusal>(answer.body()).unwrap_or_default().error
}

pub(super) fn classify(answer: &Response) -> Error {
    let Problem { code, message } = problem(answer);
    let message = if message.is_empty() { format!("{} {code}", answer.status().as_u16()) } else { message };
    if let Some(error) = of_code(&code, &message) {
        return error;
    }
    match answer.status() {
        StatusCode::UNAUTHORIZED => Error::Reconnect(message),
        StatusCode::TOO_MANY_REQUESTS => Error::RateLimited { retry_after: MINUTE, message },
        status if status.is_client_error() => Error::Rejected { code: FaultCode::Refused, message },
        status => Error::OutcomeUnknown(format!("TikTok answered {}", status.as_u16())),
    }
}

fn of_code(code: &str, message: &str) -> Option<Error> {
    let message = || message.to_owned();
    let rejected = |code| Some(Error::Rejected { code, message: message() });
    let later = |code, retry_after| Some(Error::Later { code, retry_after, message: message() });
    match code {
        "access_token_invalid" | "scope_not_authorized" | "scope_permission_missed" => {
            Some(Error::Reconnect(message()))
        }
        "rate_limit_exceeded" => Some(Error::RateLimited { retry_after: MINUTE, message: message() }),
        // A daily limit. TikTok does not say when the day ends.
        "spam_risk_too_many_posts" => later(FaultCode::QuotaReached, 6 * HOUR),
        // The app's daily number of active users.
        "reached_active_user_cap" => later(FaultCode::UsageCapped, 6 * HOUR),
        // At most five drafts within 24 hours may wait for the creator.
        "spam_risk_too_many_pending_share" => later(FaultCode::QuotaReached, 6 * HOUR),
        "spam_risk_user_banned_from_posting" => rejected(FaultCode::AccountRestricted),
        "unaudited_client_can_only_post_to_private_accounts" => rejected(FaultCode::AppNotAudited),
        "privacy_level_option_mismatch" => rejected(FaultCode::PrivacyLevelNotAllowed),
        "url_ownership_unverified" => rejected(FaultCode::MediaUrlUnverified),
        "spam_risk_text" | "spam_risk" | "invalid_params" | "invalid_param" => rejected(FaultCode::ContentRefused),
        "invalid_file_upload" | "file_format_check_failed" => rejected(FaultCode::MediaFormat),
        "duration_check_failed" => rejected(FaultCode::MediaLength),
        "frame_rate_check_failed" => rejected(FaultCode::MediaRefused),
        "picture_size_check_failed" => rejected(FaultCode::MediaDimensions),
        "video_pull_failed" | "photo_pull_failed" => later(FaultCode::MediaUnreachable, 5 * MINUTE),
        "auth_removed" => rejected(FaultCode::ReconnectRequired),
        // A draft needs version 31.8 of the app on the creator's device.
        "publish_cancelled" | "app_version_check_failed" => rejected(FaultCode::NotPermitted),
        "internal_error" | "internal" => Some(Error::OutcomeUnknown(message())),
        _ => None,
    }
}

/// The fault of a post that failed after it was accepted. `None`: starting over may succeed.
/// <https://developers.tiktok.com/doc/content-posting-api-reference-get-video-status>
pub(super) fn of_failure(reason: &str) -> Option<FaultCode> {
    match of_code(reason, reason) {
        Some(Error::Rejected { code, .. } | Error::Later { code, .. }) => match code {
            FaultCode::MediaUnreachable => None,
            code => Some(code),
        },
        Some(Error::OutcomeUnknown(_)) => None,
        _ => Some(FaultCode::Refused),
    }
}
