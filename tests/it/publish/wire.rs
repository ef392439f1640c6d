//! Transports to the sandbox with special behaviour.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures_util::future::BoxFuture;
use http::{HeaderValue, header};
use shared::{
    clock::Clock,
    net::{Reach, Request, Response, SendError, Transport},
};
use tokio::sync::Notify;

use crate::world::{Network, World};

/// Adds the `Date` header that real servers send.
pub(crate) struct Dated {
    network: Network,
    clock: Clock,
}

impl Dated {
    pub(crate) fn of(world: &World) -> Self {
        Self { network: world.network.clone(), clock: world.clock.clock() }
    }
}

impl Transport for Dated {
    fn send(&self, request: Request, reach: Reach) -> BoxFuture<'_, Result<Response, SendError>> {
        Box::pin(async move {
            let mut answer = self.network.send(request, reach).await?;
            let date = self.clock.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
            answer.headers_mut().insert(header::DATE, HeaderValue::from_str(&date).unwrap());
            Ok(answer)
        })
    }
}

/// Delays the first answer of one kind of call after the call has had its effect, so that its caller waits.
#[derive(Clone)]
pub(crate) struct Held(Arc<Inner>);

struct Inner {
    network: Network,
    wanted: fn(&Request) -> bool,
    used: AtomicBool,
    arrived: Notify,
    released: Notify,
}

impl Held {
    pub(crate) fn on(world: &World, wanted: fn(&Request) -> bool) -> Self {
        Self(Arc::new(Inner {
            network: world.network.clone(),
            wanted,
            used: AtomicBool::new(false),
            arrived: Notify::new(),
            released: Notify::new(),
        }))
    }

    /// Returns once the call has had its effect.
    pub(crate) async fn arrived(&self) {
        self.0.arrived.notified().await;
    }

    pub(crate) fn release(&self) {
        self.0.released.notify_one();
    }
}

impl Transport for Held {
    fn send(&self, request: Request, reach: Reach) -> BoxFuture<'_, Result<Response, SendError>> {
        Box::pin(async move {
            let held = (self.0.wanted)(&request) && !self.0.used.swap(true, Ordering::SeqCst);
            let answer = self.0.network.send(request, reach).await;
            if held {
                self.0.arrived.notify_one();
                self.0.released.notified().await;
            }
            answer
        })
    }
}
