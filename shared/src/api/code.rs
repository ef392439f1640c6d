//! The error codes, in one table. A code exists only where clients need to branch on it.

use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

macro_rules! codes {
    ($($code:ident $name:literal: $facts:expr;)*) => {
        /// The closed list of error codes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
        #[schemars(rename = "ErrorCode", description = "What went wrong. Each code has a page at `/errors/{code}`.")]
        pub enum Code {
            $(#[serde(rename = $name)] $code,)*
        }

        impl Code {
            pub const ALL: &[Self] = &[$(Self::$code),*];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $name,)*
                }
            }

            const fn facts(self) -> Facts {
                match self {
                    $(Self::$code => $facts,)*
                }
            }
        }
    };
}

/// The properties of a code.
struct Facts {
    status: StatusCode,
    category: Category,
    title: &'static str,
    remediation: &'static str,
    idempotency: Option<&'static str>,
    retryable: bool,
}

impl Facts {
    const fn new(status: StatusCode, category: Category, title: &'static str, remediation: &'static str) -> Self {
        Self { status, category, title, remediation, idempotency: None, retryable: false }
    }

    const fn idempotency(self, idempotency: &'static str) -> Self {
        Self { idempotency: Some(idempotency), ..self }
    }

    const fn retryable(self) -> Self {
        Self { retryable: true, ..self }
    }
}

codes! {
    MalformedJson "malformed_json": Facts::new(
        StatusCode::BAD_REQUEST,
        Category::Request,
        "The body is not JSON",
        "Send one JSON object, encoded in UTF-8.",
    );
    IdempotencyKeyRequired "idempotency_key_required": Facts::new(
        StatusCode::BAD_REQUEST,
        Category::Request,
        "Idempotency-Key is missing",
        "Send a header Idempotency-Key with every POST: a new random value for each new request, the same value when you repeat a request.",
    );
    IdempotencyKeyInvalid "idempotency_key_invalid": Facts::new(
        StatusCode::BAD_REQUEST,
        Category::Request,
        "Idempotency-Key is not valid",
        "Send 1 to 255 visible ASCII characters, bare or as one quoted string.",
    );
    CursorInvalid "cursor_invalid": Facts::new(
        StatusCode::BAD_REQUEST,
        Category::Request,
        "The cursor is not valid",
        "Use nextCursor of the previous page of the same list, unchanged.",
    );
    CursorExpired "cursor_expired": Facts::new(
        StatusCode::BAD_REQUEST,
        Category::Request,
        "The cursor is too old",
        "Events are kept for a limited time. Read the current state of the posts, and continue the log with since.",
    );
    AmbiguousCredentials "ambiguous_credentials": Facts::new(
        StatusCode::BAD_REQUEST,
        Category::Auth,
        "Two different credentials",
        "Send one of Authorization and X-API-KEY, or the same credential in both.",
    );
    Unauthenticated "unauthenticated": Facts::new(
        StatusCode::UNAUTHORIZED,
        Category::Auth,
        "Not authenticated",
        "Send a valid API key or access token as \"Authorization: Bearer <credential>\" or \"X-API-KEY: <credential>\". Replace a revoked or expired credential.",
    );
    InsufficientScope "insufficient_scope": Facts::new(
        StatusCode::FORBIDDEN,
        Category::Auth,
        "The credential may not do this",
        "Use a credential that has the scope.",
    );
    SignatureInvalid "signature_invalid": Facts::new(
        StatusCode::FORBIDDEN,
        Category::Auth,
        "The request is not signed by the platform",
        "Only the platform calls this address. Check that the deployment has the secret of the app that the platform calls for.",
    );
    NotFound "not_found": Facts::new(
        StatusCode::NOT_FOUND,
        Category::Request,
        "Not found",
        "Check the path and the id, and that the credential belongs to the same agency, mode and client.",
    );
    MethodNotAllowed "method_not_allowed": Facts::new(
        StatusCode::METHOD_NOT_ALLOWED,
        Category::Request,
        "Method not allowed",
        "Use one of the methods in the Allow header.",
    );
    IdempotencyKeyReused "idempotency_key_reused": Facts::new(
        StatusCode::CONFLICT,
        Category::Conflict,
        "Idempotency-Key was used for another request",
        "Use a new key for a new request; repeat a request only with exactly the same body.",
    );
    StateConflict "state_conflict": Facts::new(
        StatusCode::CONFLICT,
        Category::Conflict,
        "In conflict with the current state",
        "Read the resource and decide again.",
    );
    PayloadTooLarge "payload_too_large": Facts::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        Category::Request,
        "The body is too large",
        "Send at most 256 KiB.",
    );
    UnsupportedMediaType "unsupported_media_type": Facts::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Category::Request,
        "The body is not application/json",
        "Send the header Content-Type: application/json.",
    );
    ValidationFailed "validation_failed": Facts::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        Category::Request,
        "The request is not valid",
        "Correct the fields named in errors.",
    )
    .idempotency("The idempotency key may be used again.");
    RateLimited "rate_limited": Facts::new(
        StatusCode::TOO_MANY_REQUESTS,
        Category::Limit,
        "Too many requests",
        "Wait for the number of seconds in Retry-After.",
    )
    .idempotency("The idempotency key may be used again.")
    .retryable();
    Internal "internal": Facts::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        Category::Server,
        "Internal error",
        "Repeat the request; if the error persists, report the correlation id.",
    )
    .idempotency("Repeat it with the same idempotency key.")
    .retryable();
    Unavailable "unavailable": Facts::new(
        StatusCode::SERVICE_UNAVAILABLE,
        Category::Server,
        "Temporarily unavailable",
        "Repeat the request after Retry-After.",
    )
    .idempotency("Repeat it with the same idempotency key.")
    .retryable();
}

impl Code {
    #[must_use]
    pub const fn status(self) -> StatusCode {
        self.facts().status
    }

    #[must_use]
    pub const fn category(self) -> Category {
        self.facts().category
    }

    #[must_use]
    pub const fn title(self) -> &'static str {
        self.facts().title
    }

    /// What to do about it.
    #[must_use]
    pub const fn remediation(self) -> &'static str {
        self.facts().remediation
    }

    /// Whether the idempotency key can be used again. Only for a POST, because other methods have no idempotency key.
    #[must_use]
    pub const fn idempotency(self) -> Option<&'static str> {
        self.facts().idempotency
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub const fn retryable(self) -> bool {
        self.facts().retryable
    }
}

/// Who has to act.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_listed_once_and_says_what_to_do() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        for &code in Code::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error());
            assert!(code.remediation().ends_with('.'), "{}", code.as_str());
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert_eq!(serde_json::to_value(code.category()).unwrap(), code.category().as_str());
        }
    }
}
