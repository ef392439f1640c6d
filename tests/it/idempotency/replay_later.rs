//! A replay gets the creation's answer, also after the resource or the time has changed.

use chrono::Duration;
use http::Method;
use serde_json::json;
use shared::testing::Ask;

use super::{Expected, Row, row};

pub(super) fn rows() -> Vec<Row> {
    let late = Expected::Refused(422, "validation_failed");
    vec![
        row("ours", "the scheduledAt has passed: a replay is answered and a new request refused")
            .ask(|s| s.post("A"), Expected::New)
            .pass(Duration::hours(2))
            .ask(|s| s.post("A"), Expected::Replay(0))
            .ask(|s| s.post("A").idempotency_key("other"), late),
        row("ours", "the post was published")
            .ask(|s| s.post("A"), Expected::New)
            .then(|s| Box::pin(async { s.world.pass(Duration::hours(2)).await }))
            .ask(|s| s.post("A"), Expected::Replay(0)),
        row("ours", "the account was disconnected: a replay is answered and a new request refused")
            .ask(|s| s.post("A"), Expected::New)
            .then(|s| Box::pin(async { s.delete(&format!("/v1/accounts/{}", s.account)).await }))
            .ask(|s| s.post("A"), Expected::Replay(0))
            .ask(|s| s.post("A").idempotency_key("other"), Expected::Refused(422, "validation_failed")),
        row("ours", "the post was edited")
            .ask(|s| s.post("A"), Expected::New)
            .then(|s| {
                Box::pin(async {
                    let path = format!("/v1/posts/{}", s.newest("/v1/posts", "id").await);
                    let patch = Ask::new(Method::PATCH, &path).header("content-type", "application/json");
                    let body = json!({ "content": "B", "schedule": { "type": "draft" } }).to_string();
                    assert_eq!(s.world.ask(patch.body(body).key(&s.world.key)).await.status, 200);
                })
            })
            .ask(|s| s.post("A"), Expected::Replay(0)),
        row("ours", "the post was canceled")
            .ask(|s| s.post("A"), Expected::New)
            .then(|s| Box::pin(async { s.delete(&format!("/v1/posts/{}", s.newest("/v1/posts", "id").await)).await }))
            .ask(|s| s.post("A"), Expected::Replay(0)),
        row("Stripe; draft, Idempotency Key Validity and Expiry", "a day later")
            .ask(|s| s.new_client("A"), Expected::New)
            .pass(Duration::hours(24))
            .ask(|s| s.new_client("A"), Expected::Replay(0)),
        row("ours", "300 days later: a replay is answered as long as the resource exists")
            .ask(|s| s.new_client("A"), Expected::New)
            .pass(Duration::days(300))
            .ask(|s| s.new_client("A"), Expected::Replay(0)),
        row("ours", "the link has expired: the answer has the same token")
            .ask(|s| s.invite(&s.client), Expected::New)
            .pass(Duration::hours(49))
            .ask(|s| s.invite(&s.client), Expected::Replay(0)),
        row("ours", "the link was revoked")
            .ask(|s| s.invite(&s.client), Expected::New)
            .then(|s| {
                Box::pin(async {
                    let list = format!("/v1/clients/{}/connect-invites", s.client);
                    s.delete(&format!("/v1/connect-invites/{}", s.newest(&list, "inviteId").await)).await;
                })
            })
            .ask(|s| s.invite(&s.client), Expected::Replay(0)),
        row("ours", "the secret of an API key is answered once")
            .ask(|s| s.new_key("A"), Expected::New)
            .ask(|s| s.new_key("A"), Expected::ReplayWithoutSecret(0)),
        row("ours", "twenty concurrent creations create one API key").at_once(
            20,
            |s, _| s.new_key("A"),
            Expected::OneNewKey,
        ),
        row("ours", "a replay for a revoked API key answers its status and does not restore it")
            .ask(|s| s.new_key("A"), Expected::New)
            .then(|s| {
                Box::pin(async {
                    let keys = s.world.ask(Ask::get("/v1/api-keys").key(&s.world.key)).await.data();
                    let key = keys.as_array().unwrap().iter().find(|key| key["label"] == "A").unwrap()["id"].clone();
                    s.delete(&format!("/v1/api-keys/{}", key.as_str().unwrap())).await;
                })
            })
            .ask(|s| s.new_key("A"), Expected::Status("revoked"))
            .ask(|s| s.new_key("B"), Expected::Refused(409, "idempotency_key_reused")),
        row("ours", "a replay for an expired API key answers its status")
            .ask(|s| s.new_key("A"), Expected::New)
            .pass(Duration::days(3))
            .ask(|s| s.new_key("A"), Expected::Status("expired")),
    ]
}
