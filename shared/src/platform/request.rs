//! Requests as most platforms want them, and a publish's state as it is stored between them.

use bytes::Bytes;
use http::{Method, header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use url::Url;

use crate::net::Request;

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

/// The state that [`store`] made.
pub(super) fn restore<T: DeserializeOwned>(state: &Value) -> T {
    T::deserialize(state).expect("a publish's state is what its adapter stored")
}

pub(super) fn store(state: impl Serialize) -> Value {
    serde_json::to_value(state).expect("a state of texts, numbers and JSON is JSON")
}
