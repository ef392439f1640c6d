//! A worker that is killed before one of its effects, which are its calls of the store and of the network: that call and all
//! later ones do not leave it.

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
    net::{HttpClient, Reach, Request, Response, SendError, Transport},
    queue::Message,
    secrets::VaultKeys,
    store::{Store, Vault},
};
use tokio::sync::Notify;

use crate::world::{LEASE, Network, SECRET, World};

/// How many more effects the worker may have.
#[derive(Clone, Debug)]
struct EffectBudget(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    left: AtomicUsize,
    spent: Notify,
}

impl EffectBudget {
    fn spend(&self) -> bool {
        let finished = self.0.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if !finished {
            self.0.spent.notify_one();
        }
        finished
    }
}

impl Intercept for EffectBudget {
    fn name(&self) -> &'static str {
        "effect budget"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.spend() { Ok(()) } else { Err("the worker is killed".into()) }
    }
}

struct BudgetedNetwork(Network, EffectBudget);

impl Transport for BudgetedNetwork {
    fn send(&self, request: Request, reach: Reach) -> BoxFuture<'_, Result<Response, SendError>> {
        if self.1.spend() { self.0.send(request, reach) } else { Box::pin(std::future::pending()) }
    }
}

/// A worker whose calls of DynamoDB pass an interceptor and are not retried.
pub(crate) fn worker(world: &World, interceptor: impl Intercept + 'static, http: HttpClient) -> publish_target::Deps {
    let config = world.engine.client.config().to_builder();
    let config = config.interceptor(interceptor).retry_config(RetryConfig::disabled());
    let client = Client::from_conf(config.build());
    let own = &world.functions.publish_target;
    publish_target::Deps {
        store: Store::new(client.clone(), "main".into(), own.clock.clone()),
        vault: Vault::new(client, "vault".into(), VaultKeys::parse(SECRET).unwrap()),
        sites: own.sites.clone(),
        http,
        queue: own.queue.clone(),
        clock: own.clock.clone(),
        lease: own.lease,
    }
}

/// A worker with a limited number of effects, over all the messages that it handles.
pub(super) struct KilledWorker(EffectBudget);

impl KilledWorker {
    /// Killed before the effect with this number, counted from 0.
    pub(super) fn before_effect(effects: usize) -> Self {
        Self(EffectBudget(Arc::new(Inner { left: AtomicUsize::new(effects), spent: Notify::new() })))
    }

    /// Handles a message; returns whether it finished.
    pub(super) async fn handle(&self, world: &World, message: Message) -> bool {
        let budget = &self.0;
        let http = HttpClient::new(BudgetedNetwork(world.network.clone(), budget.clone()), LEASE / 3);
        let worker = worker(world, budget.clone(), http);
        tokio::select! {
            biased;
            () = budget.0.spent.notified() => false,
            done = world.publish(publish_target::handle(&worker, message)) => done.is_ok(),
        }
    }
}

/// Handles one message as a worker that is killed before the effect `effects`; returns whether it finished.
pub(crate) async fn handle_until(world: &World, message: Message, effects: usize) -> bool {
    KilledWorker::before_effect(effects).handle(world, message).await
}
