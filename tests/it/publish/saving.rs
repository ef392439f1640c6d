//! An answer is stored even if the store fails for a while: without it, the next worker would be in doubt.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef},
    error::BoxError,
};
use chrono::Duration;
use shared::net::HttpClient;

use super::{calls, now, opened, settle};
use crate::{
    crash::killed_worker,
    world::{LEASE, World},
};

/// Fails the first calls whose body has a text.
#[derive(Debug)]
pub(crate) struct Fails {
    text: &'static str,
    left: AtomicUsize,
}

impl Fails {
    pub(crate) fn times(times: usize, text: &'static str) -> Self {
        Self { text, left: AtomicUsize::new(times) }
    }
}

impl Intercept for Fails {
    fn name(&self) -> &'static str {
        "fails"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = String::from_utf8_lossy(context.request().body().bytes().unwrap_or_default()).into_owned();
        let fails = body.contains(self.text)
            && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if fails { Err("the store is down".into()) } else { Ok(()) }
    }
}

/// A post that was due, after a worker whose first saves of the answer failed. Returns what the worker returned.
async fn published(failures: usize) -> (World, serde_json::Value, bool) {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Hello", now()).await;
    world.lose_messages();
    world.network.seen();
    let http = HttpClient::new(world.network.clone(), LEASE / 3);
    let deps = killed_worker::worker(&world, Fails::times(failures, r#""S":"published""#), http);
    let done = world.publish(publish_target::handle(&deps, opened(&world, &post).await)).await;
    (world, post, done.is_ok())
}

#[tokio::test]
async fn an_answer_is_saved_when_the_store_is_back() {
    let (world, post, done) = published(5).await;
    assert!(done);
    assert_eq!(world.target(&post).await["status"], "published");
    assert_eq!(calls(&world), [1, 0, 0], "it is not in doubt, so nothing is read back");
}

/// The next worker finds the commit on record, and the post on the account.
#[tokio::test]
async fn an_answer_that_could_not_be_saved_is_read_back_when_the_claim_has_ended() {
    let (world, post, done) = published(usize::MAX).await;
    assert!(!done, "the message is delivered again");
    assert_eq!(world.target(&post).await["status"], "sending");
    world.clock.advance(Duration::from_std(LEASE).unwrap());
    settle(&world).await;
    assert_eq!(world.target(&post).await["status"], "published");
    assert_eq!(calls(&world), [1, 0, 1]);
    assert_eq!(world.feed("demo_shop").await, ["Hello"]);
}
