//! Responses: one resource, a page of a list, or a page for a browser. The edge adds the headers that depend on the
//! request.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{Error, contract::CorrelationId, error::Problem};
use crate::store::RateLimit;

/// The envelope of one resource.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{T}Answer")]
pub struct One<'a, T> {
    data: T,
    meta: Meta<'a>,
}

/// The envelope of a page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{T}Page")]
pub struct Many<'a, T> {
    data: Vec<T>,
    page: PageOf<'a>,
    meta: Meta<'a>,
}

/// The position of a page in its list.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Page")]
struct PageOf<'a> {
    /// The cursor of this page, as sent; `null` for the first page.
    cursor: Option<&'a str>,
    /// The `cursor` of the next page; `null` on the last page of a list that ends.
    next_cursor: Option<&'a str>,
    /// Whether another page follows.
    has_more: bool,
}

/// Information about the request.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Meta<'a> {
    /// Include it when you ask about a request.
    #[schemars(with = "CorrelationId")]
    correlation_id: &'a str,
}

/// A response, before the edge completes it.
#[derive(Debug)]
pub struct Response {
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
}

#[derive(Debug)]
enum Body {
    One(Value),
    Many { data: Vec<Value>, cursor: Option<String>, next: Option<String>, more: bool },
    Html(String),
    Document(String),
    File { content_type: &'static str, bytes: Vec<u8> },
    Empty,
}

impl Response {
    #[must_use]
    pub fn one(status: StatusCode, data: impl Serialize) -> Self {
        Self { status, headers: HeaderMap::new(), body: Body::One(json(data)) }
    }

    /// A page of a list that has no end: `next` is where to continue, also if nothing more is there yet.
    #[must_use]
    pub fn part_of_log(
        data: impl Iterator<Item = impl Serialize>,
        cursor: Option<&str>,
        next: &str,
        more: bool,
    ) -> Self {
        let body = Body::Many {
            data: data.map(json).collect(),
            cursor: cursor.map(ToOwned::to_owned),
            next: Some(next.to_owned()),
            more,
        };
        Self { status: StatusCode::OK, headers: HeaderMap::new(), body }
    }

    #[must_use]
    pub fn many(data: impl Iterator<Item = impl Serialize>, cursor: Option<&str>, next: Option<&str>) -> Self {
        let body = Body::Many {
            data: data.map(json).collect(),
            cursor: cursor.map(ToOwned::to_owned),
            next: next.map(ToOwned::to_owned),
            more: next.is_some(),
        };
        Self { status: StatusCode::OK, headers: HeaderMap::new(), body }
    }

    #[must_use]
    pub fn html(status: StatusCode, page: String) -> Self {
        Self { status, headers: HeaderMap::new(), body: Body::Html(page) }
    }

    /// 200 with JSON without an envelope, for documents whose format is defined elsewhere.
    #[must_use]
    pub fn document(document: &Value) -> Self {
        Self::document_text(document.to_string())
    }

    /// Like [`Self::document`], of JSON that is text already.
    #[must_use]
    pub fn document_text(document: String) -> Self {
        Self { status: StatusCode::OK, headers: HeaderMap::new(), body: Body::Document(document) }
    }

    /// 200 with a file for a browser.
    #[must_use]
    pub fn file(content_type: &'static str, bytes: Vec<u8>) -> Self {
        Self { status: StatusCode::OK, headers: HeaderMap::new(), body: Body::File { content_type, bytes } }
    }

    /// 303: the browser continues at this address with a GET.
    #[must_use]
    pub fn see_other(location: &str) -> Self {
        let response = Self { status: StatusCode::SEE_OTHER, headers: HeaderMap::new(), body: Body::Empty };
        response.with(header::LOCATION, location)
    }

    /// Adds a header. An invalid value is dropped; all our values are valid.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.append(name, value);
        }
        self
    }

    /// Marks this as a replay of an earlier response.
    #[must_use]
    pub fn replayed(self, replayed: bool) -> Self {
        if replayed { self.with(HeaderName::from_static("idempotent-replayed"), "true") } else { self }
    }

    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

#[expect(clippy::expect_used, reason = "responses have string keys and no failing serializer")]
fn json(thing: impl Serialize) -> Value {
    serde_json::to_value(thing).expect("responses have string keys and no failing serializer")
}

/// Serializes an envelope around a [`Value`] directly, since building another `Value` would copy a whole page.
#[expect(clippy::expect_used, reason = "responses have string keys and no failing serializer")]
fn text(envelope: &impl Serialize) -> String {
    serde_json::to_string(envelope).expect("responses have string keys and no failing serializer")
}

/// Completes the response to a request of this method: envelope, correlation id and limits.
#[must_use]
pub fn render(
    method: &Method,
    outcome: Result<Response, Error>,
    correlation_id: &str,
    rate_limit: Option<RateLimit>,
) -> http::Response<lambda_http::Body> {
    let mut answer = match outcome {
        Ok(response) => render_response(response, correlation_id),
        Err(error) => render_error(method, &error, correlation_id),
    };
    let headers = answer.headers_mut();
    if let Ok(value) = HeaderValue::from_str(correlation_id) {
        headers.insert("x-correlation-id", value);
    }
    if let Some(rate) = rate_limit {
        headers.insert("ratelimit-limit", rate.limit.into());
        headers.insert("ratelimit-remaining", rate.remaining.into());
        headers.insert("ratelimit-reset", rate.reset.into());
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

fn render_response(response: Response, correlation_id: &str) -> http::Response<lambda_http::Body> {
    let meta = Meta { correlation_id };
    let (content_type, body) = match response.body {
        Body::One(data) => ("application/json", text(&One { data, meta }).into()),
        Body::Many { data, cursor, next, more } => {
            let (cursor, next_cursor) = (cursor.as_deref(), next.as_deref());
            let page = PageOf { cursor, next_cursor, has_more: more };
            ("application/json", text(&Many { data, page, meta }).into())
        }
        Body::Document(document) => ("application/json", document.into()),
        Body::Html(page) => ("text/html; charset=utf-8", page.into()),
        Body::File { content_type, bytes } => (content_type, lambda_http::Body::Binary(bytes)),
        Body::Empty => ("text/plain", String::new().into()),
    };
    let mut answer = http::Response::new(body);
    *answer.status_mut() = response.status;
    *answer.headers_mut() = response.headers;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

fn render_error(method: &Method, error: &Error, correlation_id: &str) -> http::Response<lambda_http::Body> {
    let code = error.code;
    let problem = text(&Problem::of(method, error, correlation_id));
    let mut answer = http::Response::new(lambda_http::Body::Text(problem));
    *answer.status_mut() = code.status();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(challenge) = error.challenge() {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    if let Some(seconds) = error.retry_after {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if let Some(allow) = error.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
        headers.insert(header::ALLOW, allow);
    }
    answer
}
