//! Time moves on; what a creation answered stays answered.

use chrono::Duration;
use http::Method;
use serde_json::json;
use shared::testing::Ask;

use super::{Is, Row, row};

pub(super) fn rows() -> Vec<Row> {
    let late = Is::No(422, "validation_failed");
    vec![
        row("ours", "its scheduledAt has passed; to a new request it is past")
            .ask(|s| s.post("A"), Is::New)
            .pass(Duration::hours(2))
            .ask(|s| s.post("A"), Is::Replay(0))
            .ask(|s| s.post("A").idempotency_key("other"), late),
        row("ours", "it was published")
            .ask(|s| s.post("A"), Is::New)
            .then(|s| Box::pin(async { s.world.pass(Duration::hours(2)).await }))
            .ask(|s| s.post("A"), Is::Replay(0)),
        row("ours", "its account is gone; to a new request it is gone")
            .ask(|s| s.post("A"), Is::New)
            .then(|s| Box::pin(async { s.delete(&format!("/v1/accounts/{}", s.account)).await }))
            .ask(|s| s.post("A"), Is::Replay(0))
            .ask(|s| s.post("A").idempotency_key("other"), Is::No(422, "validation_failed")),
        row("ours", "it was edited: the answer is the creation's")
            .ask(|s| s.post("A"), Is::New)
            .then(|s| {
                Box::pin(async {
                    let path = format!("/v1/posts/{}", s.newest("/v1/posts", "id").await);
                    let patch = Ask::new(Method::PATCH, &path).header("content-type", "application/json");
                    let body = json!({ "content": "B", "schedule": { "type": "draft" } }).to_string();
                    assert_eq!(s.world.ask(patch.body(body).key(&s.world.key)).await.status, 200);
                })
            })
            .ask(|s| s.post("A"), Is::Replay(0)),
        row("ours", "it was canceled")
            .ask(|s| s.post("A"), Is::New)
            .then(|s| Box::pin(async { s.delete(&format!("/v1/posts/{}", s.newest("/v1/posts", "id").await)).await }))
            .ask(|s| s.post("A"), Is::Replay(0)),
        row("Stripe; draft, Idempotency Key Validity and Expiry", "a day later")
            .ask(|s| s.new_client("A"), Is::New)
            .pass(Duration::hours(24))
            .ask(|s| s.new_client("A"), Is::Replay(0)),
        row("ours", "as long as what it made exists: 300 days later")
            .ask(|s| s.new_client("A"), Is::New)
            .pass(Duration::days(300))
            .ask(|s| s.new_client("A"), Is::Replay(0)),
        row("ours", "the link has expired: the same token again")
            .ask(|s| s.invite(&s.client), Is::New)
            .pass(Duration::hours(49))
            .ask(|s| s.invite(&s.client), Is::Replay(0)),
        row("ours", "the link was revoked")
            .ask(|s| s.invite(&s.client), Is::New)
            .then(|s| {
                Box::pin(async {
                    let list = format!("/v1/clients/{}/connect-invites", s.client);
                    s.delete(&format!("/v1/connect-invites/{}", s.newest(&list, "inviteId").await)).await;
                })
            })
            .ask(|s| s.invite(&s.client), Is::Replay(0)),
        row("ours", "a key is told once").ask(|s| s.new_key("A"), Is::New).ask(|s| s.new_key("A"), Is::Untold(0)),
        row("ours", "of twenty keys at once, one is made").at_once(20, |s, _| s.new_key("A"), Is::OneKey),
        row("ours", "a key that is gone is said to be, and comes not back")
            .ask(|s| s.new_key("A"), Is::New)
            .then(|s| {
                Box::pin(async {
                    let keys = s.world.ask(Ask::get("/v1/api-keys").key(&s.world.key)).await.data();
                    let key = keys.as_array().unwrap().iter().find(|key| key["label"] == "A").unwrap()["id"].clone();
                    s.delete(&format!("/v1/api-keys/{}", key.as_str().unwrap())).await;
                })
            })
            .ask(|s| s.new_key("A"), Is::Status("revoked"))
            .ask(|s| s.new_key("B"), Is::No(409, "idempotency_key_reused")),
        row("ours", "a key that has expired is said to have")
            .ask(|s| s.new_key("A"), Is::New)
            .pass(Duration::days(3))
            .ask(|s| s.new_key("A"), Is::Status("expired")),
    ]
}
