//! Validating a post: the answer that a creation would give, with nothing stored.

use chrono::Duration;
use serde_json::{Value, json};
use shared::testing::{Ask, TestResponse};

use crate::{
    publish::{next_due, now},
    world::World,
};

async fn validate(world: &World, body: &Value) -> TestResponse {
    // Nothing is created, so there is no idempotency key.
    world.ask(Ask::post("/v1/posts/validate", body).without("idempotency-key").key(&world.key)).await
}

#[tokio::test]
async fn validation_gives_the_faults_of_a_creation_and_stores_nothing() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let good = json!({
        "clientId": client, "content": "Hello", "schedule": now(),
        "targets": { "mode": "selection", "accountIds": [account] },
    });
    let items = world.engine.items().await.len();
    let answer = validate(&world, &good).await;
    assert_eq!((answer.status.as_u16(), answer.data()), (200, json!({ "valid": true })), "{}", answer.text);
    for (field, value) in [
        ("content", json!("a".repeat(281))),
        ("content", json!(5)),
        ("schedule", json!({ "type": "at", "scheduledAt": world.now() - Duration::hours(1) })),
        ("targets", json!({ "mode": "selection", "accountIds": [shared::id::AccountId::random()] })),
        ("media", json!([{ "url": "https://10.0.0.1/photo.jpg" }])),
        ("clientId", json!(shared::id::ClientId::random())),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        let said = validate(&world, &bad).await;
        let created = world.ask(Ask::post("/v1/posts", &bad).key(&world.key)).await;
        assert!(said.status.is_client_error(), "{field}");
        assert_eq!((said.status, &said.json()["errors"]), (created.status, &created.json()["errors"]), "{field}");
    }
    assert_eq!(world.engine.items().await.len(), items, "nothing is stored");
    assert_eq!((next_due(&world).await, world.waiting().len()), (None, 0));
}

#[tokio::test]
async fn a_key_bound_to_another_client_cannot_validate() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let other = world.client("Another").await;
    let key = world.bound_key(shared::tenant::Mode::Live, other.parse().unwrap()).await;
    let body = json!({
        "clientId": client, "content": "Hello", "schedule": now(),
        "targets": { "mode": "selection", "accountIds": [account] },
    });
    assert_eq!(world.ask(Ask::post("/v1/posts/validate", &body).key(&key)).await.status, 404);
}
