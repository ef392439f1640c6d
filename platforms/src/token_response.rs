//! The response of a token endpoint: RFC 6749 §5.1, and its error code: §5.2.

use serde::Deserialize;
use serde_json::Value;

/// Tokens, as a platform returns them. It has no `Debug`, because the tokens are secrets.
#[derive(Deserialize)]
pub struct TokenResponse {
    pub access_token: String,
    pub token_type: Option<String>,
    pub refresh_token: Option<String>,
    /// Seconds until the access token expires.
    pub expires_in: Option<i64>,
    /// Seconds until the refresh token expires. Not in RFC 6749: set by the adapters of platforms that return it.
    #[serde(skip)]
    pub refresh_expires_in: Option<i64>,
    /// The granted scopes, separated by spaces or commas.
    pub scope: Option<String>,
    /// The id of the authorized account. Not in RFC 6749: set by the adapters of platforms that return it.
    #[serde(skip)]
    pub subject: Option<String>,
}

impl TokenResponse {
    /// Reads the plain form of RFC 6749.
    ///
    /// # Errors
    /// The body is not JSON of this form.
    pub fn read(body: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(body)
    }
}

/// The `error` of a response by RFC 6749 §5.2, if there is one.
#[must_use]
pub fn error_code(body: &[u8]) -> Option<String> {
    let mut body: Value = serde_json::from_slice(body).ok()?;
    match body.get_mut("error")?.take() {
        Value::String(code) => Some(code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_form_is_read() {
        let body = br#"{"access_token":"a","token_type":"Bearer","expires_in":60,"refresh_token":"r","scope":"x y"}"#;
        let response = TokenResponse::read(body).unwrap();
        assert_eq!((response.access_token.as_str(), response.scope.as_deref()), ("a", Some("x y")));
        assert_eq!((response.refresh_token.as_deref(), response.expires_in), (Some("r"), Some(60)));
        for body in ["{}", "[]", r#"{"data":[]}"#, r#"{"error":"invalid_grant"}"#, ""] {
            assert!(TokenResponse::read(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn an_error_code_is_a_text() {
        assert_eq!(error_code(br#"{"error":"invalid_grant"}"#).as_deref(), Some("invalid_grant"));
        for body in ["", "[]", "{}", r#"{"error":5}"#, r#"{"error":{"code":190}}"#] {
            assert_eq!(error_code(body.as_bytes()), None, "{body}");
        }
    }
}
