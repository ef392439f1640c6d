//! A crash during a revocation: the key is reported as it is, and repeating the revocation completes it.

use aws_sdk_dynamodb::{
    Client,
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef, retry::RetryConfig,
    },
    error::BoxError,
};
use serde_json::json;
use shared::{
    key::ApiKey,
    store::{Credential, Gate, Store},
};

use super::{admit, create, list, revoke, text, works};
use crate::world::World;

/// Fails the write that removes a key from the gate.
#[derive(Debug)]
struct FailedRemoval;

impl Intercept for FailedRemoval {
    fn name(&self) -> &'static str {
        "failed removal"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = String::from_utf8_lossy(context.request().body().bytes().unwrap_or_default()).into_owned();
        if body.contains("REMOVE #keys.#k0") { Err("the function crashed".into()) } else { Ok(()) }
    }
}

#[tokio::test]
async fn a_revocation_that_crashes_half_way_has_not_happened() {
    let world = World::new().await;
    let ask = || create(&world.key, json!({})).idempotency_key("k");
    let key = world.ask(ask()).await.data();
    let config = world.engine.client.config().to_builder().interceptor(FailedRemoval);
    let client = Client::from_conf(config.retry_config(RetryConfig::disabled()).build());
    let crashing = Gate::new(Store::new(client, "main".into(), world.clock.clock()));
    let caller = ApiKey::parse(&world.key).unwrap();
    let keys = admit(&crashing, Credential::Key(&caller), world.now()).await.unwrap().keys;
    assert!(crashing.revoke(&keys, text(&key["id"]).parse().unwrap(), true, world.now()).await.is_err());
    assert!(format!("{:?}", world.engine.items().await).contains("retired_at"), "the key's mark is already written");

    assert!(works(&world, &key).await);
    let replay = world.ask(ask()).await;
    assert_eq!((replay.status.as_u16(), &replay.data()["status"]), (201, &json!("active")));
    assert_eq!(list(&world, &world.key).await.len(), 2);

    assert_eq!(revoke(&world, &world.key, &key["id"], "").await.status, 200);
    assert!(!works(&world, &key).await);
    assert_eq!(world.ask(ask()).await.data()["status"], "revoked");
}
