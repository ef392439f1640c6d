//! Why a target is not published.

use platforms::{Category, FaultCode, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most characters of a platform's message that are kept.
const MAX_EXCERPT: usize = 500;

/// Why a target is not published, for the agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TargetError", description = "Why a post is not published on an account.")]
pub struct Fault {
    /// Each code has a page at `/errors/{code}`. More codes may be added.
    #[schemars(with = "String")]
    pub code: FaultCode,
    pub category: Category,
    /// What happened and what to do.
    pub message: String,
    /// The platform's own message, shortened and without secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_response: Option<String>,
    /// Whether Onbehalf retries by itself.
    pub retryable: bool,
}

impl Fault {
    /// A fault that is not retried.
    pub fn new(code: FaultCode, message: impl Into<String>) -> Self {
        Self { code, category: code.category(), message: message.into(), platform_response: None, retryable: false }
    }

    /// A refusal by the platform, with advice and the platform's `message`, which must have no secrets.
    #[must_use]
    pub fn by_platform(code: FaultCode, spec: &Spec, message: &str) -> Self {
        Self { platform_response: excerpt(message), ..Self::new(code, code.advice(spec.display_name)) }
    }
}

/// A platform's message without control characters, shortened; `None` if nothing is left.
pub(crate) fn excerpt(text: &str) -> Option<String> {
    let excerpt: String = text.chars().filter(|c| !c.is_control()).take(MAX_EXCERPT).collect();
    (!excerpt.is_empty()).then_some(excerpt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_short_and_has_no_control_characters() {
        assert_eq!(excerpt("a\u{0}b\nc"), Some("abc".into()));
        assert_eq!(excerpt(""), None);
        assert_eq!(excerpt("\u{7}"), None);
        assert_eq!(excerpt(&"é".repeat(600)).unwrap().chars().count(), 500);
    }
}
