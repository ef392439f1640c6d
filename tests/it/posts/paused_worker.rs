//! A worker that pauses before one of its effects, so that a test can do something in between, and then continues.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef},
    error::BoxError,
};
use futures_util::future::BoxFuture;
use shared::net::{HttpClient, Reach, Request, Response, SendError, Transport};
use tokio::sync::Notify;

use crate::{
    crash::killed_worker,
    world::{LEASE, Network, World},
};

/// Reports when a worker reaches one of its effects, which are its calls of the store and of the network.
#[derive(Clone, Debug)]
pub(super) struct Breakpoint(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    left: AtomicUsize,
    reached: Notify,
}

impl Breakpoint {
    /// Before the effect with this number, counted from 0.
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

impl Intercept for Breakpoint {
    fn name(&self) -> &'static str {
        "breakpoint"
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

struct BreakpointNetwork(Network, Breakpoint);

impl Transport for BreakpointNetwork {
    fn send(&self, request: Request, reach: Reach) -> BoxFuture<'_, Result<Response, SendError>> {
        self.1.count();
        Box::pin(async move {
            // Lets the task that waits for the breakpoint run first.
            tokio::task::yield_now().await;
            self.0.send(request, reach).await
        })
    }
}

/// A worker with a breakpoint.
pub(super) fn paused_worker(world: &World, breakpoint: &Breakpoint) -> publish_target::Deps {
    let http = HttpClient::new(BreakpointNetwork(world.network.clone(), breakpoint.clone()), LEASE / 3);
    killed_worker::worker(world, breakpoint.clone(), http)
}
