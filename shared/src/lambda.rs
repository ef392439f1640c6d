//! The only wrapper around the Lambda runtime: correlation id, panics, errors and logs.

mod batch;
mod span;

use std::{future::Future, panic::AssertUnwindSafe, sync::Arc, time::Instant};

use batch::{Batch, Failure, Failures};
use futures_util::{FutureExt, future::join_all};
use http::{HeaderValue, StatusCode, header, uri::Scheme};
use lambda_runtime::{LambdaEvent, service_fn};
use serde::de::DeserializeOwned;
use tracing::Instrument;

use crate::{
    api::{Error, Request, Response, auth::RateLimitCell, response::render},
    deployment,
};

/// Why a function ends. Rust prints what `main` returns with `Debug`, so `Debug` writes a readable message.
pub struct RuntimeError(lambda_runtime::Error);

impl std::fmt::Debug for RuntimeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", Chain(self.0.as_ref()))
    }
}

impl From<deployment::Error> for RuntimeError {
    fn from(error: deployment::Error) -> Self {
        Self(error.into())
    }
}

/// Serves an HTTP function until the runtime ends it.
pub async fn serve<D, F, Fut>(deps: D, handle: F) -> Result<(), RuntimeError>
where
    D: Sync + 'static,
    F: Fn(&'static D, Request) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Result<Response, Error>> + Send + 'static,
{
    log();
    // The dependencies live as long as the process.
    let deps: &'static D = Box::leak(Box::new(deps));
    lambda_http::run(lambda_http::service_fn(move |request| async move {
        Ok::<_, std::convert::Infallible>(respond(deps, handle, request).await)
    }))
    .await
    .map_err(RuntimeError)
}

/// Serves a simulator, whose answers are sent as they are. `None` simulates a lost answer, which behind a gateway is an
/// error of the function.
pub async fn serve_as_is<D, F, Fut>(deps: D, handle: F) -> Result<(), RuntimeError>
where
    D: Sync + 'static,
    F: Fn(&'static D, Request) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Option<http::Response<lambda_http::Body>>> + Send + 'static,
{
    log();
    let deps: &'static D = Box::leak(Box::new(deps));
    lambda_http::run(lambda_http::service_fn(move |request: Request| async move {
        let is_https = is_https(&request);
        let answer = handle(deps, request).await.ok_or("the answer is lost, as requested")?;
        Ok::<_, &str>(if is_https { keep_to_https(answer) } else { answer })
    }))
    .await
    .map_err(RuntimeError)
}

/// Serves a queue consumer: each message is handled separately, and failed ones are delivered again.
pub async fn serve_batch<D, M, F, Fut, E>(deps: D, handle: F) -> Result<(), RuntimeError>
where
    D: Sync + 'static,
    M: DeserializeOwned + Send + 'static,
    F: Fn(&'static D, M) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Result<(), E>> + Send + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    log();
    let deps: &'static D = Box::leak(Box::new(deps));
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Batch>| async move {
        Ok::<_, lambda_runtime::Error>(take(event.payload, |message| handle(deps, message)).await)
    }))
    .await
    .map_err(RuntimeError)
}

/// Handles each message of a batch separately: one that fails, or panics, fails alone.
async fn take<M, F, Fut, E>(batch: Batch, handle: F) -> Failures
where
    M: DeserializeOwned,
    F: Fn(M) -> Fut,
    Fut: Future<Output = Result<(), E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    let handle = &handle;
    let handled = batch.messages.into_iter().map(|message| async move {
        let id = message.message_id;
        let outcome = match serde_json::from_str(&message.body) {
            Ok(message) => caught(async { handle(message).await }).await,
            Err(error) => Err(Box::new(error).into()),
        };
        outcome.err().map(|error| {
            tracing::error!(message_id = id, error = %Chain(error.as_ref()), "the message will be delivered again");
            Failure { item_identifier: id }
        })
    });
    Failures { batch_item_failures: join_all(handled).await.into_iter().flatten().collect() }
}

/// Serves a scheduled function.
pub async fn serve_schedule<D, F, Fut, E>(deps: D, handle: F) -> Result<(), RuntimeError>
where
    D: Sync + 'static,
    F: Fn(&'static D) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Result<(), E>> + Send + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    log();
    let deps: &'static D = Box::leak(Box::new(deps));
    lambda_runtime::run(service_fn(move |_: LambdaEvent<serde_json::Value>| async move {
        // A failed run counts as an error of the function; the next run finds the same work.
        caught(handle(deps)).await.inspect_err(|error| {
            tracing::error!(error = %Chain(error.as_ref()), "the run failed; the next one finds the same work");
        })
    }))
    .await
    .map_err(RuntimeError)
}

/// Answers one request. Errors and panics of `handle` become an answer, too.
pub async fn respond<'a, D, F, Fut>(deps: &'a D, handle: F, mut request: Request) -> http::Response<lambda_http::Body>
where
    F: Fn(&'a D, Request) -> Fut,
    Fut: Future<Output = Result<Response, Error>>,
{
    let correlation_id = correlation_id(&request);
    let rate_limit = RateLimitCell::default();
    let is_https = is_https(&request);
    request.extensions_mut().insert(Arc::clone(&rate_limit));
    request.extensions_mut().insert(RequestCorrelationId(correlation_id.clone()));
    let (method, began) = (request.method().clone(), Instant::now());
    let span = span::of(&request, &correlation_id);
    async {
        // Boxed, because the SDK's futures are large and a server can have many of them on one stack.
        let handled = AssertUnwindSafe(Box::pin(handle(deps, request))).catch_unwind().await;
        let outcome =
            handled.unwrap_or_else(|panic| Err(Error::internal(format!("panic: {}", panic_text(panic.as_ref())))));
        match &outcome {
            Ok(response) => {
                tracing::info!(status = response.status().as_u16(), duration_ms = milliseconds(began), "answered");
            }
            Err(error) => log_error(error, milliseconds(began)),
        }
        let answer = render(&method, outcome, &correlation_id, rate_limit.get().copied());
        if is_https { keep_to_https(answer) } else { answer }
    }
    .instrument(span)
    .await
}

/// Whether the caller speaks https: the gateway's event says so, and `local` with an https address.
fn is_https(request: &Request) -> bool {
    request.uri().scheme() == Some(&Scheme::HTTPS)
}

/// Browsers use https alone for this host, for a year after each answer (RFC 6797). Other hosts of its domain are not ours.
fn keep_to_https(mut answer: http::Response<lambda_http::Body>) -> http::Response<lambda_http::Body> {
    let for_a_year = HeaderValue::from_static("max-age=31536000");
    answer.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, for_a_year);
    answer
}

/// A request's correlation id, for pages that display it.
#[derive(Debug, Clone)]
pub struct RequestCorrelationId(pub String);

/// Taken from `X-Correlation-Id` if it is 1–64 of `[A-Za-z0-9._-]`, otherwise generated.
fn correlation_id(request: &Request) -> String {
    let sent = request.headers().get("x-correlation-id").and_then(|value| value.to_str().ok());
    sent.filter(|id| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    })
    .map_or_else(|| format!("c-{}", crate::id::random::uuid()), ToOwned::to_owned)
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn log_error(error: &Error, duration_ms: u64) {
    let (status, code) = (error.code.status(), error.code.as_str());
    let cause = error.cause.as_deref().map(|cause| Chain(cause).to_string());
    if status < StatusCode::INTERNAL_SERVER_ERROR {
        tracing::info!(status = status.as_u16(), code, cause, duration_ms, "refused");
    } else {
        tracing::error!(status = status.as_u16(), code, cause, duration_ms, "failed");
    }
}

/// Turns a panic of a worker into an error, and logs it with an alarm: nobody else sees it.
///
/// # Errors
/// Those of `work`, and its panic.
pub async fn caught<T, E>(work: impl Future<Output = Result<T, E>>) -> Result<T, lambda_runtime::Error>
where
    E: std::error::Error + Send + Sync + 'static,
{
    match AssertUnwindSafe(Box::pin(work)).catch_unwind().await {
        Ok(outcome) => outcome.map_err(Into::into),
        Err(panic) => {
            let text = panic_text(panic.as_ref());
            tracing::error!(alarm = "panicked", text, "a worker has panicked");
            Err(format!("panic: {text}").into())
        }
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("?")
}

/// An error with its chain of sources.
struct Chain<'a>(&'a (dyn std::error::Error + 'static));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(error) = next {
            write!(f, ": {error}")?;
            next = error.source();
        }
        Ok(())
    }
}

/// Writes JSON lines to standard output, which Lambda sends to CloudWatch.
fn log() {
    // A second call in one process (in tests) keeps the first subscriber.
    let _ = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::INFO)
        .with_current_span(true)
        .with_span_list(false)
        .without_time()
        .try_init();
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, io};

    use super::*;

    #[tokio::test]
    async fn a_message_that_panics_fails_alone() {
        let records: Vec<_> = (0..4)
            .map(|n| serde_json::json!({ "messageId": format!("m{n}"), "body": n.to_string() }))
            .chain([serde_json::json!({ "messageId": "unreadable", "body": "{" })])
            .collect();
        let batch = serde_json::from_value(serde_json::json!({ "Records": records })).unwrap();
        let done = RefCell::new(Vec::new());
        let handle = async |n: u8| {
            match n {
                1 => panic!("an address that is no URI"),
                2 => return Err(io::Error::other("the store is down")),
                _ => done.borrow_mut().push(n),
            }
            Ok(())
        };
        let failures = serde_json::to_value(take(batch, handle).await).unwrap();
        let failed = ["m1", "m2", "unreadable"].map(|id| serde_json::json!({ "itemIdentifier": id }));
        assert_eq!(failures, serde_json::json!({ "batchItemFailures": failed }));
        assert_eq!(*done.borrow(), [0, 3]);
    }
}
