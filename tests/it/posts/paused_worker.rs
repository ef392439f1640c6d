//! A worker that stops at one of its effects, so that something else can come in between, and then goes on.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef},
    error::BoxError,
};
use futures_util::future::BoxFuture;
use shared::net::{Answer, Engine, Failure, Reach, Request, Transport};
use tokio::sync::Notify;

use crate::{
    crash::mortal,
    world::{LEASE, Network, World},
};

/// Stops a worker at one of its effects: what it writes and what it sends.
#[derive(Clone, Debug)]
pub(super) struct Stop(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    left: AtomicUsize,
    reached: Notify,
}

impl Stop {
    /// At the effect of that number, counted from 0.
    pub(super) fn at(effect: usize) -> Self {
        Self(Arc::new(Inner { left: AtomicUsize::new(effect + 1), reached: Notify::new() }))
    }

    pub(super) async fn reached(&self) {
        self.0.reached.notified().await;
    }

    fn count(&self) {
        let left = self.0.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left == Ok(1) {
            self.0.reached.notify_one();
        }
    }
}

impl Intercept for Stop {
    fn name(&self) -> &'static str {
        "stop"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.count();
        Ok(())
    }
}

struct Wire(Network, Stop);

impl Transport for Wire {
    fn send(&self, request: Request, reach: Reach) -> BoxFuture<'_, Result<Answer, Failure>> {
        self.1.count();
        Box::pin(async move {
            // Whoever waits for the stop comes first.
            tokio::task::yield_now().await;
            self.0.send(request, reach).await
        })
    }
}

/// A worker that stops.
pub(super) fn stopping(world: &World, stop: &Stop) -> publish_post::Deps {
    let engine = Engine::new(Wire(world.network.clone(), stop.clone()), LEASE / 3);
    mortal::worker(world, stop.clone(), engine)
}
