//! Requests as most platforms want them.

use bytes::Bytes;
use http::{Method, header};
use serde_json::Value;
use url::Url;

use crate::Request;

pub(super) fn get(url: &Url) -> Request {
    http::Request::get(url.as_str()).body(Bytes::new()).expect("a URL makes a request")
}

/// A POST with a body of JSON.
pub(super) fn post(url: &Url, body: &Value) -> Request {
    http::Request::builder()
        .method(Method::POST)
        .uri(url.as_str())
        .header(header::CONTENT_TYPE, "application/json")
        .body(Bytes::from(body.to_string()))
        .expect("a URL and constant headers make a request")
}
