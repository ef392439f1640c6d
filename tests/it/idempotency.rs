//! Every POST may be repeated: one thing is made, and every answer is the first one's.

use std::collections::HashSet;

use chrono::Duration;
use futures_util::future::join_all;
use serde_json::{Value, json};
use shared::{id::AgencyId, tenant::Mode, testing::Ask};

use crate::world::World;

fn client(name: &str, idempotency_key: &str) -> Ask {
    Ask::post("/v1/clients", &json!({ "name": name })).idempotency_key(idempotency_key)
}

/// A hundred identical requests at once: the statuses, and the one `data` that all of them answer.
async fn a_hundred(world: &World, ask: impl Fn() -> Ask) -> (HashSet<u16>, Value, usize) {
    let answers = join_all((0..100).map(|_| world.ask(ask().key(&world.key)))).await;
    let statuses = answers.iter().map(|answer| answer.status.as_u16()).collect();
    let replayed = answers.iter().filter(|answer| answer.header("idempotent-replayed") == Some("true")).count();
    let data: HashSet<String> = answers.iter().map(|answer| answer.data().to_string()).collect();
    assert_eq!(data.len(), 1, "{data:?}");
    (statuses, answers[0].data(), replayed)
}

#[tokio::test]
async fn a_hundred_identical_clients_are_one() {
    let world = World::new().await;
    let (statuses, _, replayed) = a_hundred(&world, || client("Autoloom", "k1")).await;
    assert_eq!((statuses, replayed), (HashSet::from([201]), 99));
}

#[tokio::test]
async fn a_hundred_keys_with_one_name_are_one_client() {
    let world = World::new().await;
    let answers = join_all((0..100).map(|n| world.ask(client("Autoloom", &format!("k{n}")).key(&world.key)))).await;
    let ids: HashSet<String> = answers.iter().map(|answer| answer.data()["id"].to_string()).collect();
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    let known = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((ids.len(), created, known), (1, 1, 99));
}

#[tokio::test]
async fn a_hundred_identical_invites_are_one_link() {
    let world = World::new().await;
    let client = world.client("Autoloom").await;
    let path = format!("/v1/clients/{client}/connect-invites");
    let ask = || Ask::post(&path, &json!({ "platforms": ["x"] })).idempotency_key("k1");
    let (statuses, invite, replayed) = a_hundred(&world, ask).await;
    assert_eq!((statuses, replayed), (HashSet::from([201]), 99));
    assert!(invite["token"].as_str().unwrap().starts_with("inv_"));
}

#[tokio::test]
async fn a_hundred_identical_posts_are_published_once() {
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
async fn a_used_key_with_another_body_is_409() {
    let world = World::new().await;
    let (client_id, account) = world.connected("demo_shop").await;
    let post = |content: &str| {
        Ask::post(
            "/v1/posts",
            &json!({
                "clientId": client_id, "content": content, "schedule": { "type": "now" },
                "targets": { "mode": "selection", "accountIds": [account] },
            }),
        )
    };
    let path = format!("/v1/clients/{client_id}/connect-invites");
    let invite = |hours: u32| Ask::post(&path, &json!({ "platforms": ["x"], "expiresInHours": hours }));
    for (first, second) in [(client("A", "k"), client("B", "k")), (post("A"), post("B")), (invite(1), invite(2))] {
        let ask = |ask: Ask| world.ask(ask.idempotency_key("one-key").key(&world.key));
        assert_eq!(ask(first).await.status, 201);
        let reused = ask(second).await;
        assert_eq!((reused.status.as_u16(), reused.code().as_str()), (409, "idempotency_key_reused"));
    }
}

#[tokio::test]
async fn a_body_is_the_same_whatever_its_spaces_and_order() {
    let world = World::new().await;
    let ask = |body: &str| client("A", "k1").body(body).key(&world.key);
    let first = world.ask(ask(r#"{"name":"A","type":"brand"}"#)).await;
    let again = world.ask(ask("{ \"type\": \"brand\",\n \"name\": \"\\u0041\" }")).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.data(), again.data());
    let other = world.ask(ask(r#"{"name":"A"}"#)).await;
    assert_eq!(other.status, 409, "a default that is left out is another request");
}

#[tokio::test]
async fn a_key_is_one_agencys_one_modes_one_routes() {
    let world = World::new().await;
    let test = world.agency(world.agency, Mode::Test).await;
    let other = world.agency(AgencyId::random(), Mode::Live).await;
    let mut ids = HashSet::new();
    for key in [&world.key, &test, &other] {
        let answer = world.ask(client("Same name", "same-key").key(key)).await;
        assert_eq!((answer.status.as_u16(), answer.header("idempotent-replayed")), (201, None));
        ids.insert(answer.data()["id"].to_string());
    }
    assert_eq!(ids.len(), 3);
    let (first, second) = (world.client("First").await, world.client("Second").await);
    for client in [first, second] {
        let path = format!("/v1/clients/{client}/connect-invites");
        let ask = Ask::post(&path, &json!({ "platforms": ["x"] })).idempotency_key("same-key").key(&world.key);
        let answer = world.ask(ask).await;
        assert_eq!((answer.status.as_u16(), answer.header("idempotent-replayed")), (201, None));
    }
}

#[tokio::test]
async fn a_known_name_answers_the_client_that_stands_and_keeps_its_key() {
    let world = World::new().await;
    let first = world.ask(client("  Autoloom ", "k1").key(&world.key)).await.data();
    let known = world.ask(client("Autoloom", "k2").key(&world.key)).await;
    assert_eq!((known.status.as_u16(), known.data()), (200, first.clone()));
    assert_eq!(known.header("idempotent-replayed"), None);
    let again = world.ask(client("Autoloom", "k2").key(&world.key)).await;
    assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (200, Some("true")));
    assert_eq!(again.data(), first);
    assert_eq!(world.ask(client("Another", "k2").key(&world.key)).await.status, 409, "the key is used");

    let ask = Ask::post("/v1/clients", &json!({ "name": "Autoloom", "type": "person" })).key(&world.key);
    let conflict = world.ask(ask).await;
    assert_eq!((conflict.status.as_u16(), conflict.code().as_str()), (409, "state_conflict"));
}

#[tokio::test]
async fn the_mark_of_a_key_is_no_client() {
    let world = World::new().await;
    let stands = world.client("Autoloom").await;
    world.ask(client("Autoloom", "k2").key(&world.key)).await;
    // Where the key's own client would have been, nothing can be found.
    for item in world.engine.items().await {
        let pk = item["pk"].as_s().unwrap().clone();
        if item.contains_key("same_as") {
            let marked = pk.rsplit('#').next().unwrap().to_owned();
            assert_ne!(marked, stands);
            for path in [format!("/v1/clients/{marked}"), format!("/v1/accounts?clientId={marked}")] {
                assert_eq!(world.ask(Ask::get(&path).key(&world.key)).await.status, 404);
            }
            return;
        }
    }
    panic!("no mark was written");
}

#[tokio::test]
async fn a_replay_is_answered_even_when_time_has_moved_on() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let at = world.now() + Duration::minutes(1);
    let body = json!({
        "clientId": client, "content": "On time",
        "targets": { "mode": "selection", "accountIds": [account] },
        "schedule": { "type": "at", "scheduledAt": at },
    });
    let ask = |key: &str| Ask::post("/v1/posts", &body).idempotency_key(key).key(&world.key);
    let first = world.ask(ask("k1")).await;
    world.pass(Duration::hours(1)).await;
    assert_eq!(world.target(&first.data()).await["status"], "published");

    let replay = world.ask(ask("k1")).await;
    assert_eq!((replay.status.as_u16(), replay.header("idempotent-replayed")), (201, Some("true")));
    assert_eq!(replay.data(), first.data(), "what the creation answered, not what became of it");
    assert_eq!(world.ask(ask("k2")).await.status, 422, "a new request comes too late");
    assert_eq!(world.feed("demo_shop").await.len(), 1);
}

#[tokio::test]
async fn what_was_refused_leaves_its_key_free() {
    let world = World::new().await;
    let bad = Ask::post("/v1/clients", &json!({ "name": "" })).idempotency_key("k1").key(&world.key);
    assert_eq!(world.ask(bad).await.status, 422);
    assert_eq!(world.ask(client("A", "k1").key("obh_live_x")).await.status, 401);
    assert_eq!(world.ask(client("A", "k1").key(&world.key)).await.status, 201);
}
