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
