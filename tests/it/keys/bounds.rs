//! The limits of a key: its fields, its expiry, its minter's permissions, and the number of keys.

use chrono::Duration;
use serde_json::{Value, json};
use shared::{id::AgencyId, store::Limits, tenant::Mode};

use super::{code, create, id, list, minted, revoke, text, works};
use crate::world::World;

const HIGH_LIMITS: Limits = Limits { reads: 1000, writes: 1000 };

async fn faults(world: &World, key: &str, fields: Value) -> Vec<String> {
    let answer = world.ask(create(key, fields)).await;
    assert_eq!(code(&answer), (422, "validation_failed".into()), "{}", answer.text);
    let problem = answer.json();
    problem["errors"].as_array().unwrap().iter().map(|fault| text(&fault["path"]).to_owned()).collect()
}

#[tokio::test]
async fn one_answer_names_every_faulty_field() {
    let world = World::new().await;
    let faults = async |fields: Value| faults(&world, &world.key, fields).await;
    assert_eq!(
        faults(json!({
            "label": " ", "scopes": ["posts.read", "posts.read", "everything", 1], "expiresInDays": 0,
            "expiresAt": "soon", "clientId": "cl_x", "secret": "mine",
        }))
        .await,
        ["label", "scopes[1]", "scopes[2]", "scopes[3]", "expiresInDays", "expiresAt", "clientId", "secret"]
    );
    assert_eq!(faults(json!({ "label": "a".repeat(65) })).await, ["label"]);
    assert_eq!(faults(json!({ "scopes": [] })).await, ["scopes"]);
    assert_eq!(faults(json!({ "scopes": "posts.read" })).await, ["scopes"]);
    assert_eq!(faults(json!({ "expiresInDays": 366 })).await, ["expiresInDays"]);
    assert_eq!(faults(json!({ "expiresInDays": 1.5 })).await, ["expiresInDays"]);
    let at = world.now() + Duration::days(3);
    assert_eq!(faults(json!({ "expiresInDays": 3, "expiresAt": at })).await, ["expiresAt"]);
    assert_eq!(faults(json!({ "expiresAt": world.now() })).await, ["expiresAt"]);
    let year = world.now() + Duration::days(365);
    assert_eq!(faults(json!({ "expiresAt": year + Duration::seconds(1) })).await, ["expiresAt"]);
    let last = minted(&world, &world.key, json!({ "expiresAt": year })).await;
    assert_eq!(last["expiresAt"], "2027-07-01T12:00:00Z");
    assert_eq!(list(&world, &world.key).await.len(), 2, "a refused key is not created");
}

#[tokio::test]
async fn a_key_expires_after_a_year_or_with_its_minter() {
    let world = World::new().await;
    assert_eq!(minted(&world, &world.key, json!({})).await["expiresAt"], "2027-07-01T12:00:00Z");
    let short = minted(&world, &world.key, json!({ "expiresInDays": 10 })).await;
    assert_eq!(short["expiresAt"], "2026-07-11T12:00:00Z");
    let short = text(&short["key"]);
    assert_eq!(minted(&world, short, json!({})).await["expiresAt"], "2026-07-11T12:00:00Z");
    assert_eq!(minted(&world, short, json!({ "expiresInDays": 10 })).await["expiresAt"], "2026-07-11T12:00:00Z");
    let over = world.now() + Duration::days(10) + Duration::seconds(1);
    assert_eq!(faults(&world, short, json!({ "expiresAt": over })).await, ["expiresAt"]);
    assert_eq!(faults(&world, short, json!({ "expiresInDays": 11 })).await, ["expiresInDays"]);
}

#[tokio::test]
async fn an_expired_key_is_refused() {
    let world = World::new().await;
    let key = minted(&world, &world.key, json!({ "expiresInDays": 1 })).await;
    world.clock.advance(Duration::days(1) - Duration::seconds(1));
    assert!(works(&world, &key).await);
    world.clock.advance(Duration::seconds(1));
    assert!(!works(&world, &key).await);
    assert_eq!(list(&world, &world.key).await[1]["status"], "expired");
}

#[tokio::test]
async fn a_scope_that_the_minter_lacks_is_reported() {
    let world = World::new().await;
    let narrow = minted(&world, &world.key, json!({})).await;
    let answer = world.ask(create(text(&narrow["key"]), json!({ "scopes": ["clients.read", "posts.read"] }))).await;
    assert_eq!(code(&answer), (422, "validation_failed".into()));
    let fault = &answer.json()["errors"][0];
    assert_eq!((&fault["path"], answer.json()["errors"].as_array().unwrap().len()), (&json!("scopes[1]"), 1));
    assert!(text(&fault["message"]).contains("posts.read"), "{fault}");
}

#[tokio::test]
async fn an_unknown_client_is_404() {
    let world = World::new().await;
    let other = world.agency(AgencyId::random(), Mode::Live).await;
    let theirs = world.client("Autoloom").await;
    for client in ["cl_aaaaaaaaaaaaaaaaaaaaaaaaaa", &theirs] {
        let answer = world.ask(create(&other, json!({ "clientId": client }))).await;
        assert_eq!(code(&answer), (404, "not_found".into()));
    }
    assert_eq!(list(&world, &other).await.len(), 1);
}

#[tokio::test]
async fn the_twenty_first_key_is_refused_with_a_remedy() {
    let world = World::new().await;
    let key = world.agency_with(AgencyId::random(), Mode::Live, HIGH_LIMITS, |_| {}).await;
    let mut last = Value::Null;
    for _ in 1..20 {
        last = minted(&world, &key, json!({})).await;
    }
    let over = || create(&key, json!({})).idempotency_key("over");
    let full = world.ask(over()).await;
    assert_eq!(code(&full), (409, "state_conflict".into()));
    assert!(text(&full.json()["detail"]).contains("20 keys") && full.text.contains("revoke one"), "{}", full.text);
    assert_eq!(list(&world, &key).await.len(), 20);
    assert_eq!(revoke(&world, &key, &last["id"], "").await.status, 200);
    let again = world.ask(over()).await;
    assert_eq!(
        (again.status.as_u16(), again.header("idempotent-replayed")),
        (201, None),
        "the refusal did not use up the idempotency key"
    );
    assert_eq!(list(&world, &key).await.len(), 20);

    // The limit is per mode.
    let agency = shared::key::ApiKey::parse(&key).unwrap().tenant.agency;
    let test = world.agency(agency, Mode::Test).await;
    minted(&world, &test, json!({})).await;
}

#[tokio::test]
async fn expired_keys_are_removed_to_make_room() {
    let world = World::new().await;
    let key = world.agency_with(AgencyId::random(), Mode::Live, HIGH_LIMITS, |_| {}).await;
    let short = || create(&key, json!({ "expiresInDays": 1 })).idempotency_key("short");
    let expiring = world.ask(short()).await.data();
    for _ in 2..20 {
        minted(&world, &key, json!({})).await;
    }
    world.clock.advance(Duration::days(1));
    let next = minted(&world, &key, json!({})).await;
    let listed = list(&world, &key).await;
    assert_eq!(listed.len(), 20);
    assert!(listed.iter().all(|key| key["id"] != expiring["id"]) && listed.iter().any(|key| key["id"] == next["id"]));
    assert_eq!(listed[0]["id"], id(&key), "the minter is kept");
    let replay = world.ask(short()).await;
    assert_eq!((replay.status.as_u16(), &replay.data()["status"]), (201, &json!("expired")));
    assert_eq!(replay.header("idempotent-replayed"), Some("true"));
    assert_eq!(list(&world, &key).await.len(), 20);
}
