//! Answers of API v2: an object with `data` and `error`. The error of a successful answer has the code `ok`.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    context::Context,
    error::Error,
    reply::{self, Reply, Stop, stop},
    secret,
};

/// Codes with their HTTP statuses and messages (tiktok-api-v2-error-handling, and the reference of each endpoint).
const CODES: &[(&str, u16, &str)] = &[
    ("access_token_invalid", 401, "The access token is invalid or not found in the request."),
    ("scope_not_authorized", 401, "The user did not authorize the scope required for completing this request."),
    ("scope_permission_missed", 400, "Some fields need additional scopes."),
    ("rate_limit_exceeded", 429, "The API rate limit was exceeded. Please try again later."),
    ("invalid_params", 400, "One or more fields in request is invalid."),
    ("invalid_param", 400, "One or more fields in request is invalid."),
    ("invalid_file_upload", 400, "The uploaded file does not meet API specifications."),
    ("invalid_publish_id", 400, "The publish_id does not exist."),
    (
        "token_not_authorized_for_specified_publish_id",
        400,
        "The access_token does not have authorization to read the status of this publish_id.",
    ),
    ("app_version_check_failed", 400, "The user's TikTok app is too old."),
    ("spam_risk_too_many_posts", 403, "The daily post cap from the API is reached for the current user."),
    ("spam_risk_user_banned_from_posting", 403, "The user is banned from making new posts."),
    ("spam_risk_too_many_pending_share", 403, "The daily upload cap from the API is reached for the current user."),
    ("spam_risk_text", 403, "The text of the post is considered risky."),
    ("spam_risk", 403, "The publishing request is considered risky."),
    ("reached_active_user_cap", 403, "The daily quota for active publishing users from your client is reached."),
    (
        "unaudited_client_can_only_post_to_private_accounts",
        403,
        "Unaudited clients can only post to a private account.",
    ),
    ("url_ownership_unverified", 403, "The ownership of the URL prefix or domain is not verified."),
    ("privacy_level_option_mismatch", 403, "privacy_level is not among the options of the creator."),
    ("unsupported_path", 404, "Unsupported path(Janus)"),
    ("internal_error", 500, "Something went wrong. Please try again later."),
];

/// A successful answer.
pub(crate) fn ok(context: &Context, data: Value) -> Result<Reply, Error> {
    let error = json!({ "code": "ok", "message": "", "log_id": log_id(context)? });
    Ok(reply::json(StatusCode::OK, &json!({ "data": data, "error": error })))
}

/// An error with the message of its code.
pub(crate) fn refusal(context: &Context, code: &str) -> Result<Reply, Error> {
    let (status, message) = meaning(code);
    refusal_with(context, status, code, message)
}

pub(crate) fn refusal_with(context: &Context, status: StatusCode, code: &str, message: &str) -> Result<Reply, Error> {
    let error = json!({ "code": code, "message": message, "log_id": log_id(context)? });
    Ok(reply::json(status, &json!({ "data": {}, "error": error })))
}

/// Ends the request with this error.
pub(crate) fn refuse<T>(context: &Context, code: &str) -> Result<T, Stop> {
    stop(refusal(context, code)?)
}

/// Ends the request because a field is invalid.
pub(crate) fn invalid<T>(context: &Context, message: &str) -> Result<T, Stop> {
    stop(refusal_with(context, StatusCode::BAD_REQUEST, "invalid_params", message)?)
}

/// Status and message of a code. Unknown codes are answered with 400.
pub(crate) fn meaning(code: &str) -> (StatusCode, &'static str) {
    let known = CODES.iter().find(|(known, ..)| *known == code);
    let (status, message) = known.map_or((400, "The request was refused."), |(_, status, message)| (*status, *message));
    (StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), message)
}

/// The id of a request in TikTok's logs: the time and random digits.
pub(crate) fn log_id(context: &Context) -> Result<String, Error> {
    let mut unique = secret::fingerprint(&secret::token()?).to_ascii_uppercase();
    unique.truncate(20);
    Ok(format!("{}{unique}", context.now().format("%Y%m%d%H%M%S")))
}
