//! A worker that dies after so many of its effects: what it writes and what it sends. From then on nothing that it does
//! leaves it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use aws_sdk_dynamodb::{
    Client,
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef, retry::RetryConfig,
    },
    error::BoxError,
};
use futures_util::future::BoxFuture;
use shared::{
    net::{Answer, Engine, Failure, Reach, Request, Transport},
    queue::Message,
    secrets::VaultKeys,
    store::{Store, Vault},
};
use tokio::sync::Notify;

use crate::world::{LEASE, Network, SECRET, World};

/// Burns a little with each effect.
#[derive(Clone, Debug)]
struct Fuse(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    left: AtomicUsize,
    dead: Notify,
}

impl Fuse {
    fn lives(&self) -> bool {
        let lived = self.0.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if !lived {
            self.0.dead.notify_one();
        }
        lived
    }
}

impl Intercept for Fuse {
    fn name(&self) -> &'static str {
        "fuse"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.lives() { Ok(()) } else { Err("the worker is dead".into()) }
    }
}

struct Wire(Network, Fuse);

impl Transport for Wire {
    fn send(&self, request: Request, reach: Reach) -> BoxFuture<'_, Result<Answer, Failure>> {
        if self.1.lives() { self.0.send(request, reach) } else { Box::pin(std::future::pending()) }
    }
}

/// A worker whose calls of DynamoDB pass an interceptor, each once.
pub(crate) fn worker(world: &World, interceptor: impl Intercept + 'static, engine: Engine) -> publish_post::Deps {
    let config = world.engine.client.config().to_builder();
    let config = config.interceptor(interceptor).retry_config(RetryConfig::disabled());
    let client = Client::from_conf(config.build());
    let own = &world.functions.publish_post;
    publish_post::Deps {
        store: Store::new(client.clone(), "main".into(), own.clock.clone()),
        vault: Vault::new(client, "vault".into(), VaultKeys::parse(SECRET).unwrap()),
        sites: own.sites.clone(),
        engine,
        queue: own.queue.clone(),
        clock: own.clock.clone(),
        lease: own.lease,
    }
}

/// A life of so many effects, over as many messages as they suffice for.
pub(super) struct Life(Fuse);

impl Life {
    /// It ends before the effect number `effects`, counted from 0.
    pub(super) fn of(effects: usize) -> Self {
        Self(Fuse(Arc::new(Inner { left: AtomicUsize::new(effects), dead: Notify::new() })))
    }

    /// Handles a message. Whether it lived to its end.
    pub(super) async fn handle(&self, world: &World, message: Message) -> bool {
        let fuse = &self.0;
        let engine = Engine::new(Wire(world.network.clone(), fuse.clone()), LEASE / 3);
        let worker = worker(world, fuse.clone(), engine);
        tokio::select! {
            biased;
            () = fuse.0.dead.notified() => false,
            done = world.publish(publish_post::handle(&worker, message)) => done.is_ok(),
        }
    }
}

/// Handles one message as a worker that dies before the effect number `effects`. Whether it lived to its end.
pub(crate) async fn handle_until(world: &World, message: Message, effects: usize) -> bool {
    Life::of(effects).handle(world, message).await
}

/// Refuses the writes of one target.
#[derive(Debug)]
struct Refuses(String);

impl Intercept for Refuses {
    fn name(&self) -> &'static str {
        "refuses"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = String::from_utf8_lossy(context.request().body().bytes().unwrap_or_default()).into_owned();
        let save = body.contains("targets.#a") && body.contains(&format!("\"#a\":\"{}\"", self.0));
        if save { Err("the store is away".into()) } else { Ok(()) }
    }
}

/// A worker that cannot save this account's target.
pub(super) fn faulty(world: &World, account: &str) -> publish_post::Deps {
    let engine = Engine::new(world.network.clone(), LEASE / 3);
    worker(world, Refuses(account.to_owned()), engine)
}
