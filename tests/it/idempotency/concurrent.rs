//! Of a hundred concurrent identical requests one creates the resource, and all get its answer.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::{Value, json};
use shared::testing::Ask;

use crate::world::World;

fn client(name: &str, idempotency_key: &str) -> Ask {
    Ask::post("/v1/clients", &json!({ "name": name })).idempotency_key(idempotency_key)
}

/// Sends a hundred identical requests at once; returns their statuses, the `data` that all of them answer, and how many are
/// replays.
async fn a_hundred(world: &World, ask: impl Fn() -> Ask) -> (HashSet<u16>, Value, usize) {
    let answers = join_all((0..100).map(|_| world.ask(ask().key(&world.key)))).await;
    let statuses = answers.iter().map(|answer| answer.status.as_u16()).collect();
    let replayed = answers.iter().filter(|answer| answer.header("idempotent-replayed") == Some("true")).count();
    let data: HashSet<String> = answers.iter().map(|answer| answer.data().to_string()).collect();
    assert_eq!(data.len(), 1, "{data:?}");
    (statuses, answers[0].data(), replayed)
}

#[tokio::test]
async fn a_hundred_concurrent_identical_creations_create_one_client() {
    let world = World::new().await;
    let (statuses, _, replayed) = a_hundred(&world, || client("Autoloom", "k1")).await;
    assert_eq!((statuses, replayed), (HashSet::from([201]), 99));
}

#[tokio::test]
async fn a_hundred_concurrent_creations_of_one_name_create_one_client() {
    let world = World::new().await;
    let answers = join_all((0..100).map(|n| world.ask(client("Autoloom", &format!("k{n}")).key(&world.key)))).await;
    let ids: HashSet<String> = answers.iter().map(|answer| answer.data()["id"].to_string()).collect();
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    let known = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((ids.len(), created, known), (1, 1, 99));
}

#[tokio::test]
async fn a_hundred_concurrent_identical_invites_create_one_link() {
    let world = World::new().await;
    let client = world.client("Autoloom").await;
    let path = format!("/v1/clients/{client}/connect-invites");
    let ask = || Ask::post(&path, &json!({ "platforms": ["x"] })).idempotency_key("k1");
    let (statuses, invite, replayed) = a_hundred(&world, ask).await;
    assert_eq!((statuses, replayed), (HashSet::from([201]), 99));
    assert!(invite["token"].as_str().unwrap().starts_with("inv_"));
}

#[tokio::test]
async fn a_hundred_concurrent_identical_posts_are_published_once() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let body = json!({
        "clientId": client, "content": "Once", "schedule": { "type": "now" },
        "targets": { "mode": "selection", "accountIds": [account] },
    });
    let (statuses, post, replayed) = a_hundred(&world, || Ask::post("/v1/posts", &body).idempotency_key("k1")).await;
    assert_eq!((statuses, replayed), (HashSet::from([201]), 99));
    world.deliver().await;
    assert_eq!(world.feed("demo_shop").await, ["Once"]);
    assert_eq!(world.target(&post).await["status"], "published");
}

#[tokio::test]
async fn the_record_of_a_used_key_is_not_listed_as_a_client() {
    let world = World::new().await;
    let existing = world.client("Autoloom").await;
    world.ask(client("Autoloom", "k2").key(&world.key)).await;
    // The id that the key would have derived names no client.
    for item in world.engine.items().await {
        let pk = item["pk"].as_s().unwrap().clone();
        if item.contains_key("same_as") {
            let marked = pk.rsplit('#').next().unwrap().to_owned();
            assert_ne!(marked, existing);
            for path in [format!("/v1/clients/{marked}"), format!("/v1/accounts?clientId={marked}")] {
                assert_eq!(world.ask(Ask::get(&path).key(&world.key)).await.status, 404);
            }
            return;
        }
    }
    panic!("no mark was written");
}
