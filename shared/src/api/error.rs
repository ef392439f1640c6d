//! Errors of requests, returned as RFC 9457 `application/problem+json`.
//!
//! Only the `From` impls choose a code for a failure from a lower layer. `detail` is public. `cause` is private:
//! `lambda::respond` logs it once.

use http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    code::{Category, Code},
    contract::CorrelationId,
};
use crate::{
    store,
    tokens::{InvalidToken, VerifyError},
};

/// An invalid field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldError {
    /// The field's path, such as `targets.accountIds[2]`, or the parameter's name; empty for the body itself.
    pub path: String,
    /// What is wrong with the field.
    pub message: String,
}

/// How many invalid fields a response lists. A body of 256 KB can have thousands.
pub const MAX_FIELD_ERRORS: usize = 100;

/// The body of an error response: RFC 9457 `application/problem+json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(description = "An error, in the format of RFC 9457.")]
pub struct Problem<'a> {
    /// The URL of the page that explains the code, relative to this API.
    #[schemars(extend("format" = "uri-reference"))]
    r#type: String,
    /// A short description of the code.
    title: &'static str,
    /// The status of the response.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    category: Category,
    code: Code,
    /// What is wrong with this request.
    detail: &'a str,
    /// Include it when you ask about a request.
    #[schemars(with = "CorrelationId")]
    correlation_id: &'a str,
    /// Whether the same request may succeed later.
    retryable: bool,
    /// What to do about it.
    remediation: String,
    /// Only with `validation_failed`: the invalid fields. `detail` says how many there are, if there are more than 100.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schemars(length(min = 1, max = MAX_FIELD_ERRORS))]
    errors: &'a [FieldError],
}

impl<'a> Problem<'a> {
    /// A request without an idempotency key gets no advice about one.
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

/// An error that is answered with a problem.
#[derive(Debug)]
pub struct Error {
    pub code: Code,
    /// Public: what is wrong with this request.
    pub detail: String,
    /// For 401: whether the request carries no credential at all.
    pub anonymous: bool,
    /// Whether the credential is refused because it is bound to a client, so that no scope would help.
    pub bound: bool,
    pub fields: Vec<FieldError>,
    /// In seconds.
    pub retry_after: Option<i64>,
    /// For 405: the allowed methods.
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
            anonymous: false,
            bound: false,
            fields: Vec::new(),
            retry_after: None,
            allow: None,
            cause: None,
        }
    }

    /// The resource does not exist or is not the caller's. Both look the same to the caller.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("There is no such {what}."))
    }

    /// A credential that is bound to a client may not do this, regardless of its scopes.
    #[must_use]
    pub fn bound(detail: &str) -> Self {
        Self { bound: true, ..Self::new(Code::InsufficientScope, detail) }
    }

    /// What to do about it.
    const fn remediation(&self) -> &'static str {
        if self.bound { "Use a credential that is not bound to a client." } else { self.code.remediation() }
    }

    /// The challenge of a refused credential (`WWW-Authenticate`): RFC 6750 §3. No code tells a caller without a credential
    /// more than that one is needed.
    #[must_use]
    pub const fn challenge(&self) -> Option<&'static str> {
        match self.code {
            Code::Unauthenticated if self.anonymous => Some("Bearer"),
            Code::Unauthenticated => Some("Bearer error=\"invalid_token\""),
            Code::InsufficientScope => Some("Bearer error=\"insufficient_scope\""),
            _ => None,
        }
    }

    /// Lists at most [`MAX_FIELD_ERRORS`] of the fields, and says how many there are.
    #[must_use]
    pub fn invalid(mut fields: Vec<FieldError>) -> Self {
        let count = fields.len();
        let noun = if count == 1 { "field is" } else { "fields are" };
        fields.truncate(MAX_FIELD_ERRORS);
        let rest =
            if fields.len() < count { format!(" The first {MAX_FIELD_ERRORS} are listed.") } else { String::new() };
        Self { fields, ..Self::new(Code::ValidationFailed, format!("{count} {noun} at fault.{rest}")) }
    }

    #[must_use]
    pub fn key_reused() -> Self {
        Self::new(Code::IdempotencyKeyReused, "This Idempotency-Key was used before, with another request.")
    }

    /// The request conflicts with the current state. `detail` says what to do instead.
    #[must_use]
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(Code::StateConflict, detail)
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

impl From<InvalidToken> for Error {
    fn from(invalid: InvalidToken) -> Self {
        Self { cause: Some(invalid.into()), ..super::auth::unauthenticated() }
    }
}

impl From<VerifyError> for Error {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Invalid(invalid) => invalid.into(),
            VerifyError::Unavailable { retry_after } => Self {
                retry_after: Some(retry_after),
                cause: Some(error.into()),
                ..Self::new(Code::Unavailable, "The keys of the access token issuer cannot be fetched right now.")
            },
        }
    }
}
