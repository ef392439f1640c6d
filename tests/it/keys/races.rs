//! Concurrent creations and revocations: the write's condition decides, not what was read before.

use std::collections::BTreeSet;

use chrono::Duration;
use futures_util::future::join_all;
use serde_json::{Value, json};
use shared::{
    id::KeyId,
    key::ApiKey,
    store::{AgencyKeys, Credential, Gate, KeyRecord, Mint, Minted},
};

use super::{admit, code, create, list, minted, revoke, text, works};
use crate::world::World;

/// The keys that a request with `key` reads now.
async fn keys(world: &World, key: &str) -> AgencyKeys {
    let key = ApiKey::parse(key).unwrap();
    admit(&world.gate, Credential::Key(&key), world.now()).await.unwrap().keys
}

/// The record that a request with `keys` would mint.
fn record(world: &World, keys: &AgencyKeys, id: KeyId) -> KeyRecord {
    let key = ApiKey::generate(keys.tenant, id);
    KeyRecord {
        digest: data_encoding::HEXLOWER.encode(&key.digest),
        scopes: Vec::new(),
        expires_at: (world.now() + chrono::Duration::days(1)).timestamp(),
        client: None,
        label: "late".into(),
        last_used: None,
        minted: Some(Minted { by: keys.minter().unwrap().id, at: world.now(), fingerprint: "f".into() }),
    }
}

fn parsed(key: &Value) -> KeyId {
    text(&key["id"]).parse().unwrap()
}

#[tokio::test]
async fn thirty_concurrent_creations_do_not_exceed_twenty_keys() {
    let world = World::new().await;
    let answers = join_all((0..30).map(|_| world.ask(create(&world.key, json!({}))))).await;
    let created: Vec<Value> =
        answers.iter().filter(|answer| answer.status == 201).map(shared::testing::TestResponse::data).collect();
    let refused = answers.iter().filter(|answer| code(answer) == (409, "state_conflict".into())).count();
    assert_eq!((created.len(), refused), (19, 11));
    assert_eq!(list(&world, &world.key).await.len(), 20);
    for key in &created {
        assert!(works(&world, key).await);
    }
}

#[tokio::test]
async fn thirty_concurrent_creations_replace_expired_keys_and_do_not_exceed_twenty() {
    let world = World::new().await;
    for _ in 1..20 {
        minted(&world, &world.key, json!({ "expiresInDays": 1 })).await;
    }
    world.clock.advance(chrono::Duration::days(1));
    let answers = join_all((0..30).map(|_| world.ask(create(&world.key, json!({}))))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 19);
    let listed = list(&world, &world.key).await;
    assert_eq!(listed.len(), 20);
    assert!(listed.iter().all(|key| key["status"] == "active"));
}

#[tokio::test]
async fn a_concurrent_creation_does_not_restore_a_key_that_was_revoked() {
    let world = World::new().await;
    let ask = || create(&world.key, json!({})).idempotency_key("k");
    // A duplicate request has passed the gate and found no key; then the key is created and revoked.
    let late = keys(&world, &world.key).await;
    let key = world.ask(ask()).await.data();
    assert_eq!(revoke(&world, &world.key, &key["id"], "").await.status, 200);
    let outcome =
        world.gate.mint(&late, parsed(&key), &record(&world, &late, parsed(&key)), world.now()).await.unwrap();
    let Mint::Given(given) = outcome else { panic!("{outcome:?}") };
    assert_eq!((given.id, given.retired_at.is_some()), (parsed(&key), true));
    assert_eq!(list(&world, &world.key).await.len(), 1);
}

#[tokio::test]
async fn a_minter_that_is_revoked_during_a_creation_mints_nothing() {
    let world = World::new().await;
    let key = minted(&world, &world.key, json!({})).await;
    let late = keys(&world, text(&key["key"])).await;
    assert_eq!(revoke(&world, &world.key, &key["id"], "?minted=true").await.status, 200);
    let id = KeyId::random();
    let outcome = world.gate.mint(&late, id, &record(&world, &late, id), world.now()).await.unwrap();
    assert_eq!(outcome, Mint::MinterGone);
    assert_eq!(list(&world, &world.key).await.len(), 1);
}

#[tokio::test]
async fn a_concurrent_revocation_includes_keys_minted_since_its_read() {
    let world = World::new().await;
    let key = minted(&world, &world.key, json!({})).await;
    let late = keys(&world, &world.key).await;
    let child = minted(&world, text(&key["key"]), json!({})).await;
    let gone = world.gate.revoke(&late, parsed(&key), true, world.now()).await.unwrap();
    assert_eq!(gone, BTreeSet::from([parsed(&key), parsed(&child)]));
    assert!(!works(&world, &child).await);
}

#[tokio::test]
async fn a_revocation_includes_descendants_of_a_key_revoked_since_its_read() {
    let world = World::new().await;
    let parent = minted(&world, &world.key, json!({})).await;
    let child = minted(&world, text(&parent["key"]), json!({})).await;
    let late = keys(&world, &world.key).await;
    let grandchild = minted(&world, text(&child["key"]), json!({})).await;
    assert_eq!(revoke(&world, &world.key, &child["id"], "").await.status, 200);
    let gone = world.gate.revoke(&late, parsed(&parent), true, world.now()).await.unwrap();
    assert!(gone.contains(&parsed(&grandchild)), "{gone:?}");
    assert_eq!(list(&world, &world.key).await.len(), 1);
}

#[tokio::test]
async fn two_concurrent_revocations_get_the_same_answer() {
    let world = World::new().await;
    let key = minted(&world, &world.key, json!({})).await;
    let both = [keys(&world, &world.key).await, keys(&world, &world.key).await];
    for keys in both {
        let gone = world.gate.revoke(&keys, parsed(&key), false, world.now()).await.unwrap();
        assert_eq!(gone, BTreeSet::from([parsed(&key)]));
    }
    assert_eq!(list(&world, &world.key).await.len(), 1);
}

#[tokio::test]
async fn concurrent_revocations_and_creations_leave_no_key_of_a_leaked_one() {
    let world = World::new().await;
    let leaked = minted(&world, &world.key, json!({})).await;
    let key = text(&leaked["key"]);
    let creations = join_all((0..10).map(|_| world.ask(create(key, json!({})))));
    let (answers, ended) = tokio::join!(creations, revoke(&world, &world.key, &leaked["id"], "?minted=true"));
    assert_eq!(ended.status, 200, "{}", ended.text);
    for answer in &answers {
        assert!([201, 401].contains(&answer.status.as_u16()), "{}", answer.text);
        if answer.status == 201 {
            // One unknown key of an agency is looked up each second.
            world.clock.advance(Duration::seconds(1));
            assert!(!works(&world, &answer.data()).await);
        }
    }
    assert_eq!(list(&world, &world.key).await.len(), 1);
}

#[tokio::test]
async fn a_retried_write_that_finds_itself_is_no_replay() {
    let world = World::new().await;
    let late = keys(&world, &world.key).await;
    let id = KeyId::random();
    let record = record(&world, &late, id);
    let gate = Gate::new(world.store.clone());
    for _ in 0..2 {
        assert_eq!(gate.mint(&late, id, &record, world.now()).await.unwrap(), Mint::New);
    }
    assert_eq!(list(&world, &world.key).await.len(), 2);
    // Revoked before the retry found it: the secret is not shown.
    assert_eq!(revoke(&world, &world.key, &json!(id), "").await.status, 200);
    let outcome = gate.mint(&late, id, &record, world.now()).await.unwrap();
    assert!(matches!(outcome, Mint::Given(given) if given.retired_at.is_some()));
}
