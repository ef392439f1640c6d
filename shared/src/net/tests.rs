use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::{HttpClient, Reach, Request, Response, SendError, Transport, media::Unusable};

/// Never answers, and counts the requests.
#[derive(Clone, Default)]
struct Silent(Arc<AtomicUsize>);

impl Transport for Silent {
    fn send(&self, _: Request, _: Reach) -> BoxFuture<'_, Result<Response, SendError>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(pending())
    }
}

#[tokio::test]
async fn a_chain_of_calls_has_one_deadline_and_starts_no_call_after_it() {
    let (silent, hours) = (Silent::default(), Duration::from_secs(3600));
    let request = || http::Request::get("https://a.test").body(Bytes::new()).unwrap();
    let chain = HttpClient::new(silent.clone(), hours).chain(Duration::from_millis(1));
    assert!(matches!(chain.send(request(), Reach::Listed).await, Err(SendError::OutcomeUnknown(_))), "cut short");
    assert!(matches!(chain.send(request(), Reach::Listed).await, Err(SendError::NotSent(_))));
    assert!(matches!(chain.look_at_media("https://a.test").await, Err(Unusable::Unreachable(_))));
    assert_eq!(silent.0.load(Ordering::SeqCst), 1, "the others were not started");
    let chain = HttpClient::new(silent, Duration::from_millis(1)).chain(hours);
    assert!(
        matches!(chain.send(request(), Reach::Listed).await, Err(SendError::OutcomeUnknown(_))),
        "a call has its own"
    );
}

/// Answers with how it was asked to reach the server.
struct Echo;

impl Transport for Echo {
    fn send(&self, _: Request, reach: Reach) -> BoxFuture<'_, Result<Response, SendError>> {
        Box::pin(async move { Ok(Response::new(Bytes::from(format!("{reach:?}")))) })
    }
}

#[tokio::test]
async fn only_the_own_origin_needs_no_guard_when_a_third_party_names_it() {
    let http = HttpClient::new(Echo, Duration::from_secs(1)).with_own(&"http://127.0.0.1:9001".parse().unwrap());
    for (url, expected) in [
        ("http://127.0.0.1:9001/xrpc/a", "Listed"),
        ("http://127.0.0.1:9002/xrpc/a", "Named"),
        ("https://127.0.0.1:9001/xrpc/a", "Named"),
        ("http://127.0.0.1:9001@elsewhere.example/", "Named"),
        ("https://elsewhere.example/?http://127.0.0.1:9001", "Named"),
    ] {
        let request = http::Request::get(url).body(Bytes::new()).unwrap();
        assert_eq!(http.send(request, Reach::Named).await.unwrap().body(), expected, "{url}");
    }
    let http = HttpClient::new(Echo, Duration::from_secs(1));
    let request = http::Request::get("http://127.0.0.1:9001/").body(Bytes::new()).unwrap();
    assert_eq!(http.send(request, Reach::Named).await.unwrap().body(), "Named");
}
