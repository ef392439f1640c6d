//! Token responses: Instagram wraps the first one in a list and calls the scopes permissions, and errors are Graph's.
//! <https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login>

use serde_json::Value;

use crate::{TokenResponse, token_response};

/// Reads `{"data": [{…}]}` or the plain form. The permissions are a text or a list.
pub(super) fn read(body: &[u8]) -> serde_json::Result<TokenResponse> {
    let mut body: Value = serde_json::from_slice(body)?;
    if let Some(first) = body.pointer_mut("/data/0") {
        body = first.take();
    }
    if let Value::Object(fields) = &mut body
        && let Some(permissions) = fields.remove("permissions")
    {
        let scope = match permissions {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ").into(),
            text => text,
        };
        fields.insert("scope".into(), scope);
    }
    serde_json::from_value(body)
}

/// Graph's numeric code, in an object, or the plain form.
pub(super) fn error_code(body: &[u8]) -> Option<String> {
    let graph = || Some(serde_json::from_slice::<Value>(body).ok()?.pointer("/error/code")?.to_string());
    token_response::error_code(body).or_else(graph)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_token_response_is_read() {
        for body in [
            r#"{"access_token":"a","scope":"x y"}"#,
            r#"{"data":[{"access_token":"a","user_id":"1","permissions":"x y"}]}"#,
            r#"{"access_token":"a","user_id":1,"permissions":["x","y"]}"#,
        ] {
            let response = read(body.as_bytes()).unwrap();
            assert_eq!((response.access_token.as_str(), response.scope.as_deref()), ("a", Some("x y")), "{body}");
        }
        for body in ["{}", "[]", r#"{"data":[]}"#, r#"{"error":"invalid_grant"}"#] {
            assert!(read(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn an_error_has_graphs_code() {
        let code = |body: &str| error_code(body.as_bytes());
        assert_eq!(code(r#"{"error":{"message":"no","code":190,"error_subcode":463}}"#).as_deref(), Some("190"));
        assert_eq!(code(r#"{"error":"invalid_request"}"#).as_deref(), Some("invalid_request"));
        assert_eq!(code(r#"{"error_type":"OAuthException","code":400}"#), None);
    }
}
