//! What goes wrong, for whoever asked: RFC 9457 `application/problem+json`.
//!
//! A code exists only where a client would branch on it. The `From` impls are the only places that choose one for a
//! failure from further down. `detail` is public; `cause` is not: `lambda::respond` logs it once.

use http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;

use super::contract::CorrelationId;
use crate::{store, tokens};

/// The closed list of error codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ErrorCode", description = "What went wrong. Each code has a page at `/errors/{code}`.")]
pub enum Code {
    MalformedJson,
    IdempotencyKeyRequired,
    IdempotencyKeyInvalid,
    CursorInvalid,
    AmbiguousCredentials,
    Unauthenticated,
    InsufficientScope,
    NotFound,
    MethodNotAllowed,
    IdempotencyKeyReused,
    StateConflict,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
    RateLimited,
    Internal,
    Unavailable,
}

impl Code {
    pub const ALL: [Self; 17] = [
        Self::MalformedJson,
        Self::IdempotencyKeyRequired,
        Self::IdempotencyKeyInvalid,
        Self::CursorInvalid,
        Self::AmbiguousCredentials,
        Self::Unauthenticated,
        Self::InsufficientScope,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::IdempotencyKeyReused,
        Self::StateConflict,
        Self::PayloadTooLarge,
        Self::UnsupportedMediaType,
        Self::ValidationFailed,
        Self::RateLimited,
        Self::Internal,
        Self::Unavailable,
    ];

    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::MalformedJson
            | Self::IdempotencyKeyRequired
            | Self::IdempotencyKeyInvalid
            | Self::CursorInvalid
            | Self::AmbiguousCredentials => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::InsufficientScope => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::IdempotencyKeyReused | Self::StateConflict => StatusCode::CONFLICT,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::ValidationFailed => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MalformedJson => "malformed_json",
            Self::IdempotencyKeyRequired => "idempotency_key_required",
            Self::IdempotencyKeyInvalid => "idempotency_key_invalid",
            Self::CursorInvalid => "cursor_invalid",
            Self::AmbiguousCredentials => "ambiguous_credentials",
            Self::Unauthenticated => "unauthenticated",
            Self::InsufficientScope => "insufficient_scope",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::StateConflict => "state_conflict",
            Self::PayloadTooLarge => "payload_too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::ValidationFailed => "validation_failed",
            Self::RateLimited => "rate_limited",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }

    #[must_use]
    pub const fn category(self) -> Category {
        match self {
            Self::Unauthenticated | Self::InsufficientScope | Self::AmbiguousCredentials => Category::Auth,
            Self::RateLimited => Category::Limit,
            Self::IdempotencyKeyReused | Self::StateConflict => Category::Conflict,
            Self::Internal | Self::Unavailable => Category::Server,
            _ => Category::Request,
        }
    }

    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::MalformedJson => "The body is not JSON",
            Self::IdempotencyKeyRequired => "Idempotency-Key is missing",
            Self::IdempotencyKeyInvalid => "Idempotency-Key is not valid",
            Self::CursorInvalid => "The cursor is not valid",
            Self::AmbiguousCredentials => "Two different credentials",
            Self::Unauthenticated => "Not authenticated",
            Self::InsufficientScope => "The credential may not do this",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::IdempotencyKeyReused => "Idempotency-Key was used for another request",
            Self::StateConflict => "In conflict with what stands",
            Self::PayloadTooLarge => "The body is too large",
            Self::UnsupportedMediaType => "The body is not application/json",
            Self::ValidationFailed => "The request is not valid",
            Self::RateLimited => "Too many requests this hour",
            Self::Internal => "Internal error",
            Self::Unavailable => "Temporarily unavailable",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn remediation(self) -> &'static str {
        match self {
            Self::MalformedJson => "Send one JSON object, encoded in UTF-8.",
            Self::IdempotencyKeyRequired => {
                "Send a header Idempotency-Key with every POST: a new random value for each new thing, the same value when you repeat a request."
            }
            Self::IdempotencyKeyInvalid => "Send 1 to 255 visible ASCII characters, bare or as one quoted string.",
            Self::CursorInvalid => "Use nextCursor of the page before, of this same list, unchanged.",
            Self::AmbiguousCredentials => "Send one of Authorization and X-API-KEY, or the same credential in both.",
            Self::Unauthenticated => {
                "Send a valid API key or access token as \"Authorization: Bearer <credential>\" or \"X-API-KEY: <credential>\". One that is revoked or expired has to be replaced."
            }
            Self::InsufficientScope => "Use a credential that has the scope.",
            Self::NotFound => {
                "Check the path and the id, and that the credential is of the same agency, mode and client."
            }
            Self::MethodNotAllowed => "Use one of the methods in the header Allow.",
            Self::IdempotencyKeyReused => {
                "Use a new key for a new request; repeat a request only with exactly the same body."
            }
            Self::StateConflict => "Read the resource and decide again.",
            Self::PayloadTooLarge => "Send at most 256 KiB.",
            Self::UnsupportedMediaType => "Send the header Content-Type: application/json.",
            Self::ValidationFailed => "Correct the fields named in errors.",
            Self::RateLimited => "Wait as long as Retry-After says.",
            Self::Internal => "Repeat the request; if it stays, report the correlation id.",
            Self::Unavailable => "Repeat the request after Retry-After.",
        }
    }

    /// What becomes of the idempotency key, where that is the question: for a POST, which alone has one.
    #[must_use]
    pub const fn idempotency(self) -> Option<&'static str> {
        match self {
            Self::ValidationFailed | Self::RateLimited => Some("The idempotency key may be used again."),
            Self::Internal | Self::Unavailable => Some("Repeat it with the same idempotency key."),
            _ => None,
        }
    }

    /// Whether the very same request may succeed later.
    #[must_use]
    pub const fn retryable(self) -> bool {
        matches!(self, Self::RateLimited | Self::Internal | Self::Unavailable)
    }
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "ErrorCategory")]
pub enum Category {
    Auth,
    Limit,
    Conflict,
    Server,
    Request,
}

impl Category {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Limit => "limit",
            Self::Conflict => "conflict",
            Self::Server => "server",
            Self::Request => "request",
        }
    }
}

/// A field at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldError {
    /// Where it is: `targets.accountIds[2]`, or the parameter's name; empty for the body itself.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

/// An error as it is answered: RFC 9457 `application/problem+json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(description = "A failure, as RFC 9457 has it.")]
pub struct Problem<'a> {
    /// The address of the page that explains the code, relative to this API.
    #[schemars(extend("format" = "uri-reference"))]
    r#type: String,
    /// The code, in words.
    title: &'static str,
    /// The answer's status.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    category: Category,
    code: Code,
    /// What is wrong with this very request.
    detail: &'a str,
    /// Name it when you ask about a request.
    #[schemars(with = "CorrelationId")]
    correlation_id: &'a str,
    /// Whether the very same request may succeed later.
    retryable: bool,
    /// What to do about it.
    remediation: String,
    /// Only with `validation_failed`: every field at fault.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schemars(length(min = 1))]
    errors: &'a [FieldError],
}

impl<'a> Problem<'a> {
    /// What becomes of the idempotency key is told where there is one.
    #[must_use]
    pub fn of(method: &Method, error: &'a Error, correlation_id: &'a str) -> Self {
        let code = error.code;
        let remediation = error.remediation();
        let remediation = match code.idempotency() {
            Some(idempotency) if method == Method::POST => format!("{remediation} {idempotency}"),
            _ => remediation.to_owned(),
        };
        Self {
            r#type: format!("/errors/{}", code.as_str()),
            title: code.title(),
            status: code.status().as_u16(),
            category: code.category(),
            code,
            detail: &error.detail,
            correlation_id,
            retryable: code.retryable(),
            remediation,
            errors: &error.fields,
        }
    }
}

/// A request that is answered with a problem.
#[derive(Debug)]
pub struct Error {
    pub code: Code,
    /// Public: what is wrong with this very request.
    pub detail: String,
    /// No scope would help: the credential is bound to a client.
    pub bound: bool,
    pub fields: Vec<FieldError>,
    /// Seconds.
    pub retry_after: Option<i64>,
    /// For 405: what is allowed.
    pub allow: Option<String>,
    /// Private: for the log.
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            bound: false,
            fields: Vec::new(),
            retry_after: None,
            allow: None,
            cause: None,
        }
    }

    /// The resource is not there, or not the caller's: no difference is made.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("There is no such {what}."))
    }

    /// A credential that is bound to a client may not do this, whatever its scopes.
    #[must_use]
    pub fn bound(detail: &str) -> Self {
        Self { bound: true, ..Self::new(Code::InsufficientScope, detail) }
    }

    /// What to do about it.
    const fn remediation(&self) -> &'static str {
        if self.bound { "Use a credential that is not bound to a client." } else { self.code.remediation() }
    }

    #[must_use]
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let count = fields.len();
        let noun = if count == 1 { "field is" } else { "fields are" };
        Self { fields, ..Self::new(Code::ValidationFailed, format!("{count} {noun} at fault.")) }
    }

    #[must_use]
    pub fn key_reused() -> Self {
        Self::new(Code::IdempotencyKeyReused, "This Idempotency-Key was used before, with another request.")
    }

    /// What is asked for does not go with what stands. `detail` says what to do instead.
    #[must_use]
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(Code::StateConflict, detail)
    }

    /// A worker has the post and waits for an answer.
    #[must_use]
    pub fn at_work() -> Self {
        Self::conflict("The post is being sent this very moment. Repeat the request in a few seconds.")
    }

    #[must_use]
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { cause: Some(cause.into()), ..Self::new(Code::Internal, "Something went wrong on our side.") }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Corrupt(_) => Self::internal(error),
            store::Error::Busy | store::Error::Unavailable(_) => Self {
                retry_after: Some(2),
                cause: Some(error.into()),
                ..Self::new(Code::Unavailable, "The store cannot answer right now.")
            },
        }
    }
}

impl From<tokens::Refused> for Error {
    fn from(refused: tokens::Refused) -> Self {
        Self { cause: Some(refused.into()), ..super::auth::unauthenticated() }
    }
}

impl From<tokens::Failure> for Error {
    fn from(failure: tokens::Failure) -> Self {
        match failure {
            tokens::Failure::Refused(refused) => refused.into(),
            tokens::Failure::Unavailable { retry_after } => Self {
                retry_after: Some(retry_after),
                cause: Some(failure.into()),
                ..Self::new(Code::Unavailable, "The issuer of access tokens cannot be asked for its keys right now.")
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_listed_once_and_says_what_to_do() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error());
            assert!(code.remediation().ends_with('.'), "{}", code.as_str());
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert_eq!(serde_json::to_value(code.category()).unwrap(), code.category().as_str());
        }
    }
}
