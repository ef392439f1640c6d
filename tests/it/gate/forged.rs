//! Keys that somebody made who knows an agency's id. However many come, they cost a read a second.

use std::collections::BTreeMap;

use chrono::Duration;
use futures_util::future::join_all;
use shared::{
    id::KeyId,
    key::ApiKey,
    scope::Scope,
    store::{Credential, Gate, KeyRecord, Mint},
    tenant::Tenant,
    testing::{Ask, TestResponse},
};

use super::read;
use crate::{keys::admit, publish::tenant, world::World};

/// A well-formed key that the agency does not have.
pub(crate) fn forged(tenant: Tenant) -> String {
    ApiKey::generate(tenant, KeyId::random()).text().expose().to_owned()
}

/// Sends this many requests at once, each with another forged key: the answers and the calls.
async fn flood(world: &World, count: usize) -> (Vec<TestResponse>, BTreeMap<String, usize>) {
    let _ = world.engine.calls();
    let keys: Vec<String> = (0..count).map(|_| forged(tenant(world))).collect();
    let answers = join_all(keys.iter().map(|key| world.ask(read(key)))).await;
    (answers, world.engine.calls())
}

fn with(answers: &[TestResponse], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// Mints a key in another process, so that this one does not know it.
async fn minted_elsewhere(world: &World) -> String {
    let gate = Gate::new(world.store.clone());
    let keys = admit(&gate, Credential::Key(&ApiKey::parse(&world.key).unwrap()), world.now()).await.unwrap().keys;
    let key = ApiKey::generate(keys.tenant, KeyId::random());
    let record = KeyRecord {
        digest: data_encoding::HEXLOWER.encode(&key.digest),
        scopes: Scope::ALL.to_vec(),
        expires_at: (world.now() + Duration::days(1)).timestamp(),
        client: None,
        label: "elsewhere".into(),
        last_used: None,
        minted: None,
    };
    assert_eq!(gate.mint(&keys, key.id, &record, world.now()).await.unwrap(), Mint::New);
    key.text().expose().to_owned()
}

#[tokio::test]
async fn a_flood_of_forged_keys_costs_a_read_a_second() {
    let world = World::new().await;
    assert_eq!(world.ask(read(&world.key)).await.status, 404);
    let (answers, calls) = flood(&world, 200).await;
    // The write for the first key, with the read beside the gate, and four reads of keys.
    assert_eq!(calls["UpdateItem"], 1, "of a quiet agency");
    assert!(calls["GetItem"] <= 5, "{calls:?}");
    assert_eq!((with(&answers, 401), with(&answers, 429)), (5, 195));
    let limited = answers.iter().find(|answer| answer.status == 429).unwrap();
    assert_eq!((limited.code().as_str(), limited.header("retry-after")), ("rate_limited", Some("1")));
    for _ in 0..5 {
        world.clock.advance(Duration::seconds(1));
        let (answers, calls) = flood(&world, 20).await;
        assert_eq!((calls, with(&answers, 401)), ([("GetItem".to_owned(), 1)].into(), 1));
    }
    let _ = world.engine.calls();
    assert_eq!(world.ask(read(&world.key)).await.status, 404, "the agency's own key");
    assert_eq!(world.engine.calls(), [("GetItem".to_owned(), 1), ("UpdateItem".to_owned(), 1)].into());
}

#[tokio::test]
async fn a_flood_at_a_process_that_has_just_started_costs_two_writes() {
    let world = World::new().await;
    let (answers, calls) = flood(&world, 100).await;
    assert_eq!((with(&answers, 401), with(&answers, 429)), (6, 94));
    // Each with the read beside the gate, and four reads of keys.
    assert_eq!(calls["UpdateItem"], 2);
    assert!(calls["GetItem"] <= 6, "{calls:?}");
}

#[tokio::test]
async fn the_id_of_a_real_key_makes_a_forged_one_no_dearer() {
    let world = World::new().await;
    assert_eq!(world.ask(read(&world.key)).await.status, 404);
    flood(&world, 1).await;
    let _ = world.engine.calls();
    let id = ApiKey::parse(&world.key).unwrap().id;
    for _ in 0..3 {
        let key = ApiKey::generate(tenant(&world), id);
        assert_eq!(world.ask(read(key.text().expose())).await.status, 401);
    }
    assert_eq!(world.engine.calls(), [("GetItem".to_owned(), 3)].into());
}

#[tokio::test]
async fn a_key_from_another_process_works_at_once_and_costs_what_others_cost() {
    let world = World::new().await;
    assert_eq!(world.ask(read(&world.key)).await.status, 404);
    let key = minted_elsewhere(&world).await;
    let _ = world.engine.calls();
    for _ in 0..2 {
        assert_eq!(world.ask(read(&key)).await.status, 404);
        assert_eq!(world.engine.calls(), [("GetItem".to_owned(), 1), ("UpdateItem".to_owned(), 1)].into());
    }
}

#[tokio::test]
async fn during_a_flood_a_new_key_is_asked_to_wait_a_second_and_not_refused() {
    let world = World::new().await;
    assert_eq!(world.ask(read(&world.key)).await.status, 404);
    flood(&world, 100).await;
    let key = minted_elsewhere(&world).await;
    let early = world.ask(read(&key)).await;
    assert_eq!((early.status.as_u16(), early.header("retry-after")), (429, Some("1")));
    world.clock.advance(Duration::seconds(1));
    flood(&world, 1).await;
    assert_eq!(world.ask(read(&key)).await.status, 404, "the flood's own read has shown it");
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_lock_an_agency_out() {
    let world = World::new().await;
    assert_eq!(world.ask(read(&world.key)).await.status, 404);
    flood(&world, 100).await;
    world.clock.advance(Duration::hours(-1));
    flood(&world, 1).await;
    world.clock.advance(Duration::seconds(1));
    let key = minted_elsewhere(&world).await;
    assert_eq!(world.ask(read(&key)).await.status, 404);
}

/// What this process remembers admits nothing.
#[tokio::test]
async fn a_key_that_is_revoked_elsewhere_is_refused_at_once() {
    let world = World::new().await;
    let key = minted_elsewhere(&world).await;
    assert_eq!(world.ask(Ask::get("/v1/agency").key(&key)).await.status, 200);
    let gate = Gate::new(world.store.clone());
    let keys = admit(&gate, Credential::Key(&ApiKey::parse(&world.key).unwrap()), world.now()).await.unwrap().keys;
    gate.revoke(&keys, ApiKey::parse(&key).unwrap().id, false, world.now()).await.unwrap();
    assert_eq!(world.ask(Ask::get("/v1/agency").key(&key)).await.status, 401);
}
