//! Repeating the creation of a key: one key is created, its secret is answered once, and a revoked key stays revoked.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::json;
use shared::testing::Ask;

use super::{code, create, list, revoke, text, works};
use crate::world::World;

fn ask(world: &World, idempotency_key: &str) -> Ask {
    create(&world.key, json!({})).idempotency_key(idempotency_key)
}

#[tokio::test]
async fn a_replay_answers_the_key_without_its_secret() {
    let world = World::new().await;
    let first = world.ask(ask(&world, "k")).await.data();
    let replay = world.ask(ask(&world, "k")).await;
    assert_eq!((replay.status.as_u16(), replay.header("idempotent-replayed")), (201, Some("true")));
    let mut expected = first.clone();
    expected.as_object_mut().unwrap().shift_remove("key");
    assert_eq!(replay.data(), expected);
    assert!(!replay.text.contains("obh_"));
    assert!(works(&world, &first).await, "the first answer's key still works");
    assert_eq!(list(&world, &world.key).await.len(), 2);
}

#[tokio::test]
async fn a_replay_after_revocation_answers_revoked_and_restores_nothing() {
    let world = World::new().await;
    let first = world.ask(ask(&world, "k")).await.data();
    assert_eq!(revoke(&world, &world.key, &first["id"], "").await.status, 200);
    for _ in 0..2 {
        let replay = world.ask(ask(&world, "k")).await;
        assert_eq!((replay.status.as_u16(), replay.header("idempotent-replayed")), (201, Some("true")));
        let key = replay.data();
        assert_eq!((&key["id"], &key["status"], key.get("key")), (&first["id"], &json!("revoked"), None));
        assert_eq!(key["label"], first["label"]);
    }
    assert!(!works(&world, &first).await);
    assert_eq!(list(&world, &world.key).await.len(), 1);
}

#[tokio::test]
async fn a_used_idempotency_key_with_another_body_is_409_even_after_revocation() {
    let world = World::new().await;
    let first = world.ask(ask(&world, "k")).await.data();
    let other = || create(&world.key, json!({ "label": "other" })).idempotency_key("k");
    assert_eq!(code(&world.ask(other()).await), (409, "idempotency_key_reused".into()));
    assert_eq!(revoke(&world, &world.key, &first["id"], "").await.status, 200);
    assert_eq!(code(&world.ask(other()).await), (409, "idempotency_key_reused".into()));
    assert_eq!(list(&world, &world.key).await.len(), 1);
}

#[tokio::test]
async fn a_hundred_concurrent_creations_create_one_key_and_one_answer_shows_it() {
    let world = World::new().await;
    let answers = join_all((0..100).map(|_| world.ask(ask(&world, "k")))).await;
    assert!(answers.iter().all(|answer| answer.status == 201));
    let ids: HashSet<String> = answers.iter().map(|answer| text(&answer.data()["id"]).to_owned()).collect();
    assert_eq!(ids.len(), 1);
    let shown: Vec<_> = answers.iter().filter(|answer| answer.data().get("key").is_some()).collect();
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].header("idempotent-replayed"), None);
    let replayed = answers.iter().filter(|answer| answer.header("idempotent-replayed") == Some("true"));
    assert_eq!(replayed.count(), 99);
    assert!(works(&world, &shown[0].data()).await);
    assert_eq!(list(&world, &world.key).await.len(), 2);
}

#[tokio::test]
async fn a_replay_is_answered_although_the_request_would_be_refused_now() {
    let world = World::new().await;
    let at = world.now() + chrono::Duration::days(1);
    let ask = |key: &str| create(&world.key, json!({ "expiresAt": at })).idempotency_key(key);
    assert_eq!(world.ask(ask("k")).await.status, 201);
    world.clock.advance(chrono::Duration::days(2));
    let replay = world.ask(ask("k")).await;
    assert_eq!((replay.status.as_u16(), &replay.data()["status"]), (201, &json!("expired")));
    assert_eq!(world.ask(ask("another")).await.status, 422, "a new request is refused");
}
