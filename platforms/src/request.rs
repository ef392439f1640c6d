//! HTTP messages to and from a platform, and constructors of the requests that most platforms accept.

use bytes::Bytes;
use http::{Method, header};
use serde_json::Value;
use url::Url;

/// A request to a platform, without the credential: the caller adds it.
pub type Request = http::Request<Bytes>;
/// A platform's response with its whole body.
pub type Response = http::Response<Bytes>;

pub(super) fn get(url: &Url) -> Request {
    http::Request::get(url.as_str()).body(Bytes::new()).expect("a URL makes a request")
}

/// A POST with a JSON body.
pub(super) fn post(url: &Url, body: &Value) -> Request {
    http::Request::builder()
        .method(Method::POST)
        .uri(url.as_str())
        .header(header::CONTENT_TYPE, "application/json")
        .body(Bytes::from(body.to_string()))
        .expect("a URL and constant headers make a request")
}
