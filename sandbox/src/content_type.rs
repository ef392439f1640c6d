//! The `Content-Type` header of a request.

use bytes::Bytes;
use http::{Request, header};

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const JSON: &str = "application/json";

/// Whether the header has this media type. Parameters are ignored.
pub(crate) fn is(request: &Request<Bytes>, expected: &str) -> bool {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = value.and_then(|value| value.split(';').next()).unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case(expected)
}

#[cfg(test)]
mod tests {
    use super::{Bytes, FORM, JSON, Request, header, is};

    #[test]
    fn parameters_and_case_are_ignored() {
        let request = |value: &str| Request::post("/").header(header::CONTENT_TYPE, value).body(Bytes::new()).unwrap();
        for json in ["application/json", "Application/JSON", "application/json; charset=UTF-8", "application/json ;a=b"]
        {
            assert!(is(&request(json), JSON), "{json}");
        }
        for other in ["", "text/json", "application/json5", "application/problem+json", FORM] {
            assert!(!is(&request(other), JSON), "{other}");
        }
        assert!(!is(&Request::post("/").body(Bytes::new()).unwrap(), JSON));
    }
}
