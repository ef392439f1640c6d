//! Parses a request's body, path and query.

use std::{collections::BTreeSet, str::FromStr};

use http::header;
use lambda_http::{RequestExt, request::RequestContext};
use serde_json::Value;
use url::Url;

use super::{Code, Error, FieldError, unique};

pub type Request = lambda_http::Request;

/// Maximum size of a body, in bytes.
pub const MAX_BODY: usize = 256 * 1024;

/// The JSON body.
///
/// # Errors
/// 413, 415 and 400 `malformed_json`.
pub fn json(request: &Request) -> Result<Value, Error> {
    let body: &[u8] = request.body();
    if body.len() > MAX_BODY {
        return Err(Error::new(
            Code::PayloadTooLarge,
            format!("The body has {} bytes, the most is {MAX_BODY}.", body.len()),
        ));
    }
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.and_then(|value| value.split(';').next()).map(str::trim);
    if !media_type.is_some_and(|media_type| media_type.eq_ignore_ascii_case("application/json")) {
        return Err(Error::new(Code::UnsupportedMediaType, "Content-Type must be application/json."));
    }
    unique::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        // Of the content, only a name that occurs twice is reported.
        let detail = match error.is_data() {
            true => format!("The body is ambiguous: {error}."),
            false => format!("The body is not JSON: line {line}, column {column}."),
        };
        Error::new(Code::MalformedJson, detail)
    })
}

/// An id in the path.
///
/// # Errors
/// 404.
pub fn path_id<T: FromStr>(request: &Request, name: &str, what: &str) -> Result<T, Error> {
    request
        .path_parameters_ref()
        .and_then(|parameters| parameters.first(name))
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Error::not_found(what))
}

/// A path parameter's text; empty if the route has no such parameter.
#[must_use]
pub fn path_text<'a>(request: &'a Request, name: &str) -> &'a str {
    request.path_parameters_ref().and_then(|parameters| parameters.first(name)).unwrap_or_default()
}

/// The first query parameter with this name.
#[must_use]
pub fn query<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.query_string_parameters_ref().and_then(|parameters| parameters.first(name))
}

/// Reports query parameters other than these. If a misspelled filter were ignored, its sender would take the unfiltered
/// list for the filtered one.
#[must_use]
pub fn unknown(request: &Request, known: &[&str]) -> Vec<FieldError> {
    let sent = request.query_string_parameters_ref().into_iter().flat_map(|sent| sent.iter());
    let unknown: BTreeSet<&str> = sent.map(|(name, _)| name).filter(|name| !known.contains(name)).collect();
    let fault = |name: &str| FieldError { path: name.into(), message: "is not a known parameter".into() };
    unknown.into_iter().map(fault).collect()
}

/// A header's text, if the header occurs once and is valid text.
#[must_use]
pub fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

/// The public URL of this API: the configured one, or the gateway's.
///
/// # Errors
/// No URL is configured and the request did not come through the gateway.
pub fn public_url(request: &Request, configured: Option<&Url>) -> Result<Url, Error> {
    if let Some(url) = configured {
        return Ok(url.clone());
    }
    let domain = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.domain_name.clone(),
        _ => None,
    };
    domain
        .and_then(|domain| Url::parse(&format!("https://{domain}")).ok())
        .ok_or_else(|| Error::internal("no public address: PUBLIC_URL is not set and the request names no domain"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(content_type: Option<&str>, body: &str) -> Request {
        let mut request = http::Request::post("https://api.test/v1/clients");
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        request.body(body.to_owned().into()).unwrap()
    }

    #[test]
    fn a_body_is_json_of_the_right_type_and_size() {
        assert!(json(&post(Some("application/json; charset=utf-8"), "{}")).is_ok());
        let code = |request| json(&request).unwrap_err().code;
        assert_eq!(code(post(None, "{}")), Code::UnsupportedMediaType);
        assert_eq!(code(post(Some("text/plain"), "{}")), Code::UnsupportedMediaType);
        assert_eq!(code(post(Some("application/json"), "{")), Code::MalformedJson);
        assert_eq!(code(post(Some("application/json"), "")), Code::MalformedJson);
        let twice = json(&post(Some("application/json"), r#"{"a":{"b":1,"b":2}}"#)).unwrap_err();
        assert_eq!(
            (twice.code, twice.detail.as_str()),
            (
                Code::MalformedJson,
                r#"The body is ambiguous: the name "b" occurs twice in one object at line 1 column 15."#
            )
        );
        let large = format!("\"{}\"", "a".repeat(MAX_BODY));
        assert_eq!(code(post(Some("application/json"), &large)), Code::PayloadTooLarge);
    }
}
