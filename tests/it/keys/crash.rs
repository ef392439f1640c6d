//! A function that dies while it revokes: nothing that is answered of the key is untrue meanwhile, and once more is enough.

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
    store::{Credential, Gate, Store, Use},
};

use super::{create, list, revoke, text, works};
use crate::world::World;

/// Lets no key be taken out of a gate.
#[derive(Debug)]
struct KeepsKeys;

impl Intercept for KeepsKeys {
    fn name(&self) -> &'static str {
        "keeps keys"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = String::from_utf8_lossy(context.request().body().bytes().unwrap_or_default()).into_owned();
        if body.contains("REMOVE #keys.#k0") { Err("the function is dead".into()) } else { Ok(()) }
    }
}

#[tokio::test]
async fn a_revocation_that_dies_half_way_has_not_happened() {
    let world = World::new().await;
    let ask = || create(&world.key, json!({})).idempotency_key("k");
    let key = world.ask(ask()).await.data();
    let config = world.engine.client.config().to_builder().interceptor(KeepsKeys);
    let client = Client::from_conf(config.retry_config(RetryConfig::disabled()).build());
    let dying = Gate::new(Store::new(client, "main".into(), world.clock.clock()));
    let caller = ApiKey::parse(&world.key).unwrap();
    let ring = dying.admit(Credential::Key(&caller), None, Use::Write, world.now()).await.unwrap().unwrap().ring;
    assert!(dying.revoke(&ring, text(&key["id"]).parse().unwrap(), true, world.now()).await.is_err());
    assert!(format!("{:?}", world.engine.items().await).contains("retired_at"), "its mark stands already");

    assert!(works(&world, &key).await);
    let replay = world.ask(ask()).await;
    assert_eq!((replay.status.as_u16(), &replay.data()["status"]), (201, &json!("active")));
    assert_eq!(list(&world, &world.key).await.len(), 2);

    assert_eq!(revoke(&world, &world.key, &key["id"], "").await.status, 200);
    assert!(!works(&world, &key).await);
    assert_eq!(world.ask(ask()).await.data()["status"], "revoked");
}
