//! A token endpoint's answer: RFC 6749 §5.1, with the variants of the platforms.

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

/// A token answer, in any of its forms.
pub(super) struct TokenResponse {
    pub(super) access_token: String,
    pub(super) token_type: Option<String>,
    pub(super) refresh_token: Option<String>,
    /// Seconds.
    pub(super) expires_in: Option<i64>,
    /// Seconds, of the refresh token. Only TikTok sends it.
    pub(super) refresh_expires_in: Option<i64>,
    /// Separated by spaces or commas.
    pub(super) scope: Option<String>,
    /// The account's DID. Only AT Protocol servers send it.
    pub(super) sub: Option<String>,
}

impl<'de> Deserialize<'de> for TokenResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Plain {
            access_token: String,
            token_type: Option<String>,
            refresh_token: Option<String>,
            expires_in: Option<i64>,
            refresh_expires_in: Option<i64>,
            /// Instagram calls it `permissions` and has sent it both as a string and as a list.
            #[serde(alias = "permissions")]
            scope: Option<Value>,
            sub: Option<String>,
        }
        let mut answer = Value::deserialize(deserializer)?;
        // Instagram wraps it: `{"data": [{…}]}`.
        if let Some(first) = answer.pointer_mut("/data/0") {
            answer = first.take();
        }
        let plain: Plain = serde_json::from_value(answer).map_err(|_| D::Error::custom("not a token answer"))?;
        let scope = plain.scope.map(|scope| match scope {
            Value::String(text) => text,
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
            _ => String::new(),
        });
        Ok(Self {
            access_token: plain.access_token,
            token_type: plain.token_type,
            refresh_token: plain.refresh_token,
            expires_in: plain.expires_in,
            refresh_expires_in: plain.refresh_expires_in,
            scope,
            sub: plain.sub,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_in_every_form_that_platforms_send() {
        for body in [
            r#"{"access_token":"a","scope":"x y"}"#,
            r#"{"data":[{"access_token":"a","user_id":"1","permissions":"x y"}]}"#,
            r#"{"access_token":"a","user_id":1,"permissions":["x","y"]}"#,
        ] {
            let answer: TokenResponse = serde_json::from_str(body).unwrap();
            assert_eq!((answer.access_token.as_str(), answer.scope.as_deref()), ("a", Some("x y")), "{body}");
        }
        for body in ["{}", "[]", r#"{"data":[]}"#, r#"{"error":"invalid_grant"}"#] {
            assert!(serde_json::from_str::<TokenResponse>(body).is_err(), "{body}");
        }
    }
}
