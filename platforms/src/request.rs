//! HTTP messages to and from a platform, and constructors of the requests that most platforms accept.

use bytes::Bytes;
use http::{Method, header};
use serde_json::Value;
use url::Url;

/// A request to a platform, without the credential: the caller adds it.
pub type Request = http::Request<Bytes>;
/// A platform's response with its whole body.
pub type Response = http::Response<Bytes>;

/// The most bytes of an address that a server names for later calls. Nothing longer is in use, and a URI has at most 65,534.
pub const MAX_ENDPOINT: usize = 2048;

/// # Errors
/// The URL is no URI: a URL can have any length, a URI at most 65,534 bytes.
pub(super) fn get(url: &Url) -> http::Result<Request> {
    http::Request::get(url.as_str()).body(Bytes::new())
}

/// A POST with a JSON body.
///
/// # Errors
/// As [`get`].
pub(super) fn post(url: &Url, body: &Value) -> http::Result<Request> {
    http::Request::builder()
        .method(Method::POST)
        .uri(url.as_str())
        .header(header::CONTENT_TYPE, "application/json")
        .body(Bytes::from(body.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_is_no_uri_is_an_error() {
        let url = |length: usize| format!("https://a.example/{}", "a".repeat(length)).parse::<Url>().unwrap();
        assert!(get(&url(MAX_ENDPOINT)).is_ok() && post(&url(MAX_ENDPOINT), &Value::Null).is_ok());
        assert!(get(&url(65_535)).is_err() && post(&url(65_535), &Value::Null).is_err());
    }
}
