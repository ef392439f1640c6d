//! Resolving: the agency has looked at the account and reports the outcome of an unconfirmed target.

use serde_json::{Value, json};
use shared::{
    net::SendError,
    tenant::Mode,
    testing::{Ask, TestResponse},
};

use super::{path, retry, statuses};
use crate::{
    publish::{is_commit, next_due, now, opened, settle},
    world::World,
};

/// A post whose commit was lost before it reached X, and which is being read back.
async fn unconfirmed(world: &World) -> Value {
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Was it?", now()).await;
    world.network.hook(|request| is_commit(request).then(|| Err(SendError::OutcomeUnknown("lost".into()))));
    world.deliver().await;
    world.network.unhook();
    assert_eq!(statuses(&world.read(&post).await), ["unconfirmed"]);
    post
}

fn at(post: &Value) -> String {
    format!("{}/targets/{}/resolve", path(post), post["targets"][0]["accountId"].as_str().unwrap())
}

async fn resolve(world: &World, post: &Value, key: &str, body: Value) -> TestResponse {
    world.ask(Ask::post(&at(post), &body).idempotency_key(key).key(&world.key)).await
}

#[tokio::test]
async fn a_target_resolved_as_published_is_published_and_no_longer_read_back() {
    let world = World::new().await;
    let post = unconfirmed(&world).await;
    let url = "https://x.com/demo_shop/status/1";
    let answer = resolve(&world, &post, "k", json!({ "as": "published", "url": url })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let expected = json!({
        "object": "resolution", "postId": post["id"], "accountId": post["targets"][0]["accountId"],
        "status": "published", "resolvedAt": "2026-07-01T12:00:00Z", "url": url,
    });
    assert_eq!(answer.data(), expected);
    let resolved = world.read(&post).await;
    assert_eq!((&resolved["status"], &resolved["targets"][0]["url"]), (&json!("published"), &json!(url)));
    assert!(resolved["targets"][0]["error"].is_null());
    world.network.seen();
    world.deliver().await;
    assert_eq!(next_due(&world).await, None);
    world.publish(publish_target::handle(&world.functions.publish_target, opened(&world, &post).await)).await.unwrap();
    assert!(world.network.seen().is_empty());
}

#[tokio::test]
async fn a_target_resolved_as_not_published_has_failed_and_can_be_retried() {
    let world = World::new().await;
    let post = unconfirmed(&world).await;
    settle(&world).await;
    assert_eq!(statuses(&world.read(&post).await), ["unconfirmed"], "the read-back found nothing");
    assert_eq!(resolve(&world, &post, "k", json!({ "as": "not_published" })).await.data()["status"], "failed");
    let failed = world.read(&post).await;
    assert_eq!((statuses(&failed), &failed["targets"][0]["error"]["code"]), (vec!["failed"], &json!("not_published")));
    assert!(world.feed("demo_shop").await.is_empty());
    assert_eq!(retry(&world, &post, "r").await.status, 200);
    world.deliver().await;
    assert_eq!(statuses(&world.read(&post).await), ["published"]);
    assert_eq!(world.feed("demo_shop").await, ["Was it?"]);

    // A replay of the resolution gets its first answer.
    let replay = resolve(&world, &post, "k", json!({ "as": "not_published" })).await;
    assert_eq!(
        (replay.data()["status"].as_str(), replay.header("idempotent-replayed")),
        (Some("failed"), Some("true"))
    );
    assert_eq!(statuses(&world.read(&post).await), ["published"]);
}

#[tokio::test]
async fn another_resolution_under_a_used_key_is_refused() {
    let world = World::new().await;
    let post = unconfirmed(&world).await;
    let first = resolve(&world, &post, "k", json!({ "as": "published" })).await;
    assert_eq!(resolve(&world, &post, "k", json!({ "as": "published" })).await.data(), first.data());
    let other = resolve(&world, &post, "k", json!({ "as": "not_published" })).await;
    assert_eq!((other.status.as_u16(), other.code().as_str()), (409, "idempotency_key_reused"));
}

#[tokio::test]
async fn only_an_unconfirmed_target_can_be_resolved() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_cafe").await;
    let post = world.post(&client, &[&account], "Fine", now()).await;
    for _ in 0..2 {
        let refused = resolve(&world, &post, "k", json!({ "as": "not_published" })).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "state_conflict"));
        world.deliver().await;
    }
    assert_eq!(statuses(&world.read(&post).await), ["published"]);
}

#[tokio::test]
async fn an_invalid_resolution_is_refused() {
    let world = World::new().await;
    let post = unconfirmed(&world).await;
    for (body, at) in [
        (json!({}), "as"),
        (json!({ "as": "maybe" }), "as"),
        (json!({ "as": "published", "url": "javascript:alert(1)" }), "url"),
        (json!({ "as": "published", "url": format!("https://x.com/{}", "a".repeat(2048)) }), "url"),
        (json!({ "as": "not_published", "url": "https://x.com/1" }), "url"),
        (json!({ "as": "published", "when": 1 }), "when"),
    ] {
        let refused = resolve(&world, &post, "k", body.clone()).await;
        assert_eq!(refused.status, 422, "{body}");
        assert_eq!(refused.json()["errors"][0]["path"], at, "{body}");
    }
    let ask = |path: &str, key: &str| Ask::post(path, &json!({ "as": "published" })).key(key);
    let unknown = format!("{}/targets/{}/resolve", path(&post), shared::id::AccountId::random());
    assert_eq!(world.ask(ask(&unknown, &world.key)).await.status, 404);
    let stranger = world.agency(shared::id::AgencyId::random(), Mode::Live).await;
    assert_eq!(world.ask(ask(&at(&post), &stranger)).await.status, 404);
    assert_eq!(world.ask(ask(&at(&post), &world.key).without("idempotency-key")).await.status, 400);
    assert_eq!(statuses(&world.read(&post).await), ["unconfirmed"], "a refused resolution changes nothing");
}
