//! Emulates API Gateway: the routes of `template.yaml`, and requests in the form that functions receive.

use std::{
    collections::HashMap,
    future::{Future, ready},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri, header, request::Parts};
use lambda_http::{Body, RequestExt};
use shared::{api, lambda::respond};

use crate::{
    home,
    instance::Instance,
    server::{BodyLimits, UnreadBody, closing},
};

/// The gateway's limits: 10 MB, and 30 seconds for a request.
pub(crate) const BODY: BodyLimits = BodyLimits { size: 10 * 1024 * 1024, time: Duration::from_secs(30) };

/// Always returns an answer; `None` would close the connection.
pub(crate) async fn answer(instance: &'static Instance, request: Request<UnreadBody>) -> Option<Response<Bytes>> {
    to_its_end(async move { handle(instance, request).await.unwrap_or_else(|refusal| refusal) }).await
}

/// Works on after the caller has hung up, as Lambda does. `None` after a panic.
async fn to_its_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Option<T> {
    tokio::spawn(work).await.ok()
}

/// # Errors
/// The answer to a body that cannot be read.
async fn handle(instance: &'static Instance, request: Request<UnreadBody>) -> Result<Response<Bytes>, Response<Bytes>> {
    let (parts, body) = request.into_parts();
    if let Some(elsewhere) = canonical(instance, &parts) {
        return Ok(elsewhere);
    }
    let at_home = parts.method == http::Method::GET && parts.uri.path() == "/";
    let is_api = parts.uri.path().starts_with("/v1/");
    let source = instance.sources.of(&parts);
    let wait = instance.sources.wait(source, instance.clock.now()).filter(|_| is_api);
    let (function, parameters) = instance.routes.find(parts.method.as_str(), parts.uri.path());
    let mut request = handed_over(instance, parts, parameters);
    // A function of the API refuses such a request before it looks at the body.
    let is_refused = wait.is_some() || is_api && !body.is_empty() && api::asking(&instance.gate, &request).is_err();
    if !is_refused {
        *request.body_mut() = to_body(body.read().await?);
    }
    let answer = if let Some(seconds) = wait {
        respond(&seconds, |seconds, _| ready(Err(too_many_refused(*seconds))), request).await
    } else if at_home {
        respond(instance, home::page, request).await
    } else {
        instance.functions.answer(function, request).await
    };
    if is_api && answer.status() == StatusCode::UNAUTHORIZED {
        instance.sources.count_refused(source, instance.clock.now());
    }
    let (parts, body) = answer.into_parts();
    let answer = Response::from_parts(parts, Bytes::from(body.to_vec()));
    Ok(if is_refused { closing(answer) } else { answer })
}

fn too_many_refused(seconds: i64) -> api::Error {
    let detail = "Too many credentials from this address were refused.";
    api::Error { retry_after: Some(seconds), ..api::Error::new(api::Code::RateLimited, detail) }
}

/// To a browser, `localhost` and `127.0.0.1` are different sites: a cookie set on one is not sent to the other, to
/// which the platforms send the customer back. Pages therefore redirect to one of them.
fn canonical(instance: &Instance, request: &Parts) -> Option<Response<Bytes>> {
    let host = request.headers.get(header::HOST)?.to_str().ok()?;
    let browsing = request.method == http::Method::GET && !request.uri.path().starts_with("/v1/");
    if !browsing || !host.starts_with("localhost") {
        return None;
    }
    let path = request.uri.path_and_query()?.as_str();
    let location = format!("{}{path}", instance.url.as_str().trim_end_matches('/'));
    Response::builder()
        .status(StatusCode::TEMPORARY_REDIRECT)
        .header(header::LOCATION, location)
        .body(Bytes::new())
        .ok()
}

/// The request in the form that `lambda_http` makes from the gateway's event, without its body.
fn handed_over(
    instance: &Instance,
    mut parts: Parts,
    parameters: HashMap<String, Vec<String>>,
) -> lambda_http::Request {
    let mut query: HashMap<String, Vec<String>> = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
        query.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    // Its scheme is the caller's, and https behind a proxy.
    let origin = instance.url.as_str().trim_end_matches('/');
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    if let Ok(uri) = format!("{origin}{path}").parse::<Uri>() {
        parts.uri = uri;
    }
    Request::from_parts(parts, Body::Empty).with_path_parameters(parameters).with_query_string_parameters(query)
}

fn to_body(bytes: Bytes) -> Body {
    match String::from_utf8(bytes.into()) {
        Ok(text) if text.is_empty() => Body::Empty,
        Ok(text) => Body::Text(text),
        Err(error) => Body::Binary(error.into_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, task::Context};

    use tokio::sync::oneshot;

    use super::*;

    /// The server drops an answer's future if its client hangs up.
    #[tokio::test]
    async fn an_answer_runs_to_its_end_without_its_client() {
        let (go_on, told) = oneshot::channel::<()>();
        let (end, ended) = oneshot::channel();
        {
            let answer = pin!(to_its_end(async move {
                told.await.unwrap();
                end.send(()).unwrap();
            }));
            assert!(answer.poll(&mut Context::from_waker(std::task::Waker::noop())).is_pending());
        }
        go_on.send(()).unwrap();
        assert_eq!(ended.await, Ok(()));
    }
}
