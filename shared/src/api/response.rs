//! What is answered: one thing, a page of things, or a page for a browser. The edge adds what is the request's own.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};

use super::{Error, auth::RateLimit};

/// An answer, before the edge.
#[derive(Debug)]
pub struct Response {
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
}

#[derive(Debug)]
enum Body {
    One(Value),
    Many { data: Vec<Value>, page: Value },
    Html(String),
    Document(Value),
    File { content_type: &'static str, bytes: Vec<u8> },
    Empty,
}

impl Response {
    #[must_use]
    pub fn one(status: StatusCode, data: Value) -> Self {
        Self { status, headers: HeaderMap::new(), body: Body::One(data) }
    }

    #[must_use]
    pub fn many(data: Vec<Value>, cursor: Option<&str>, next: Option<&str>) -> Self {
        let page = json!({ "cursor": cursor, "nextCursor": next, "hasMore": next.is_some() });
        Self { status: StatusCode::OK, headers: HeaderMap::new(), body: Body::Many { data, page } }
    }

    #[must_use]
    pub fn html(status: StatusCode, page: String) -> Self {
        Self { status, headers: HeaderMap::new(), body: Body::Html(page) }
    }

    /// 200, with this JSON and no envelope: for readers who expect a format of their own.
    #[must_use]
    pub fn document(document: Value) -> Self {
        Self { status: StatusCode::OK, headers: HeaderMap::new(), body: Body::Document(document) }
    }

    /// 200, with a file for a browser.
    #[must_use]
    pub fn file(content_type: &'static str, bytes: Vec<u8>) -> Self {
        Self { status: StatusCode::OK, headers: HeaderMap::new(), body: Body::File { content_type, bytes } }
    }

    /// 303: go there with a GET.
    #[must_use]
    pub fn see_other(location: &str) -> Self {
        let response = Self { status: StatusCode::SEE_OTHER, headers: HeaderMap::new(), body: Body::Empty };
        response.with(header::LOCATION, location)
    }

    /// Adds a header. A value that cannot be one is left out: ours all can.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.append(name, value);
        }
        self
    }

    /// Says that this answers an earlier request again.
    #[must_use]
    pub fn replayed(self, replayed: bool) -> Self {
        if replayed { self.with(HeaderName::from_static("idempotent-replayed"), "true") } else { self }
    }

    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

/// The answer as it leaves, to a request of this method: envelope, correlation id and limits.
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
    let meta = json!({ "correlationId": correlation_id });
    let (content_type, body) = match response.body {
        Body::One(data) => ("application/json", json!({ "data": data, "meta": meta }).to_string().into()),
        Body::Many { data, page } => {
            ("application/json", json!({ "data": data, "page": page, "meta": meta }).to_string().into())
        }
        Body::Document(document) => ("application/json", document.to_string().into()),
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
    let remediation = match code.idempotency() {
        Some(idempotency) if method == Method::POST => format!("{} {idempotency}", code.remediation()),
        _ => code.remediation().to_owned(),
    };
    let mut problem = json!({
        "type": format!("/errors/{}", code.as_str()),
        "title": code.title(),
        "status": code.status().as_u16(),
        "category": code.category(),
        "code": code.as_str(),
        "detail": error.detail,
        "correlationId": correlation_id,
        "retryable": code.retryable(),
        "remediation": remediation,
    });
    if !error.fields.is_empty() {
        problem["errors"] = json!(error.fields);
    }
    let mut answer = http::Response::new(lambda_http::Body::Text(problem.to_string()));
    *answer.status_mut() = code.status();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if code.status() == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = error.retry_after {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if let Some(allow) = error.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
        headers.insert(header::ALLOW, allow);
    }
    answer
}
