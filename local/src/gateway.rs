//! Emulates API Gateway: the routes of `template.yaml`, and requests in the form that functions receive.

use std::collections::HashMap;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use lambda_http::{Body, RequestExt};
use shared::lambda::respond;

use crate::{home, instance::Instance};

/// Always returns an answer; `None` would close the connection.
pub(crate) async fn answer(instance: &'static Instance, request: Request<Bytes>) -> Option<Response<Bytes>> {
    if let Some(elsewhere) = canonical(instance, &request) {
        return Some(elsewhere);
    }
    let at_home = request.uri().path() == "/";
    let (function, parameters) = instance.routes.find(request.method().as_str(), request.uri().path());
    let request = handed_over(request, parameters);
    let answer = if at_home {
        respond(instance, home::page, request).await
    } else {
        instance.functions.answer(function, request).await
    };
    let (parts, body) = answer.into_parts();
    Some(Response::from_parts(parts, Bytes::from(body.to_vec())))
}

/// To a browser, `localhost` and `127.0.0.1` are different sites: a cookie set on one is not sent to the other, to
/// which the platforms send the customer back. Pages therefore redirect to one of them.
fn canonical(instance: &Instance, request: &Request<Bytes>) -> Option<Response<Bytes>> {
    let host = request.headers().get(header::HOST)?.to_str().ok()?;
    let browsing = request.method() == http::Method::GET && !request.uri().path().starts_with("/v1/");
    if !browsing || !host.starts_with("localhost") {
        return None;
    }
    let path = request.uri().path_and_query()?.as_str();
    let location = format!("{}{path}", instance.url.as_str().trim_end_matches('/'));
    Response::builder()
        .status(StatusCode::TEMPORARY_REDIRECT)
        .header(header::LOCATION, location)
        .body(Bytes::new())
        .ok()
}

/// The request in the form that `lambda_http` makes from the gateway's event.
fn handed_over(request: Request<Bytes>, parameters: HashMap<String, Vec<String>>) -> lambda_http::Request {
    let (parts, body) = request.into_parts();
    let mut query: HashMap<String, Vec<String>> = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
        query.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    let body = match String::from_utf8(body.to_vec()) {
        Ok(text) if text.is_empty() => Body::Empty,
        Ok(text) => Body::Text(text),
        Err(error) => Body::Binary(error.into_bytes()),
    };
    Request::from_parts(parts, body).with_path_parameters(parameters).with_query_string_parameters(query)
}
