//! Builders for requests as the gateway delivers them, and readable answers.

use std::collections::HashMap;

use http::{Method, StatusCode};
use lambda_http::{Body, RequestExt};
use serde_json::Value;

use crate::api::Request;

/// A request being built.
pub struct Ask {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    parameters: HashMap<String, Vec<String>>,
    body: Option<String>,
}

impl Ask {
    #[must_use]
    pub fn new(method: Method, path: &str) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), parameters: HashMap::new(), body: None }
    }

    #[must_use]
    pub fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    /// A POST with a fresh idempotency key.
    #[must_use]
    pub fn post(path: &str, body: &Value) -> Self {
        let key = crate::id::random::uuid();
        let mut ask = Self::new(Method::POST, path).header("content-type", "application/json").idempotency_key(&key);
        ask.body = Some(body.to_string());
        ask
    }

    #[must_use]
    pub fn key(self, api_key: &str) -> Self {
        self.header("authorization", &format!("Bearer {api_key}"))
    }

    #[must_use]
    pub fn idempotency_key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Sets a header, replacing one of that name.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        let mut ask = self.without(name);
        ask.headers.push((name.into(), value.into()));
        ask
    }

    /// Adds a header, in addition to any of that name.
    #[must_use]
    pub fn also(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self
    }

    #[must_use]
    pub fn with_method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Whether the header is present.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    #[must_use]
    pub fn sent(&self) -> Option<&str> {
        self.body.as_deref()
    }

    #[must_use]
    pub const fn method(&self) -> &Method {
        &self.method
    }

    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A path parameter, as the gateway matched it.
    #[must_use]
    pub fn parameter(mut self, name: &str, value: &str) -> Self {
        self.parameters.insert(name.into(), vec![value.into()]);
        self
    }

    /// # Panics
    /// If the request is invalid.
    #[must_use]
    pub fn build(self) -> Request {
        let uri: http::Uri = format!("https://api.test{}", self.path).parse().expect("a test's path is a path");
        let query: HashMap<String, Vec<String>> = url::form_urlencoded::parse(
            uri.query().unwrap_or_default().as_bytes(),
        )
        .fold(HashMap::new(), |mut query, (name, value)| {
            query.entry(name.into_owned()).or_insert_with(Vec::new).push(value.into_owned());
            query
        });
        let mut request = http::Request::builder().method(self.method).uri(uri);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let body = self.body.map_or(Body::Empty, Body::Text);
        request
            .body(body)
            .expect("a test's headers are headers")
            .with_path_parameters(self.parameters)
            .with_query_string_parameters(query)
    }
}

/// An answer with its body read.
#[derive(Debug)]
pub struct TestResponse {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    /// The body, decoded lossily.
    pub text: String,
    pub bytes: Vec<u8>,
}

impl TestResponse {
    #[must_use]
    pub fn read(answer: http::Response<Body>) -> Self {
        let (parts, body) = answer.into_parts();
        let bytes = body.to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Self { status: parts.status, headers: parts.headers, text, bytes }
    }

    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// # Panics
    /// If the answer is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    #[must_use]
    pub fn data(&self) -> Value {
        self.json()["data"].clone()
    }

    /// The problem's code; empty if the answer is not a problem.
    #[must_use]
    pub fn code(&self) -> String {
        serde_json::from_str::<Value>(&self.text)
            .ok()
            .and_then(|json| json["code"].as_str().map(ToOwned::to_owned))
            .unwrap_or_default()
    }
}

/// The request that `lambda_http` makes from an event of the gateway.
///
/// # Panics
/// If `event` is not an event of the gateway.
#[must_use]
pub fn gateway_event(event: &str) -> Request {
    let event: lambda_http::request::LambdaRequest = serde_json::from_str(event).expect("an event of the gateway");
    event.into()
}
