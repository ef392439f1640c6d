//! What is refused leaves its key free.

use chrono::Duration;
use serde_json::json;

use super::{Is, Row, row};

pub(super) fn rows() -> Vec<Row> {
    vec![
        row("ours", "after 400")
            .ask(|s| s.new_client("A").body("{"), Is::No(400, "malformed_json"))
            .ask(|s| s.new_client("A"), Is::New),
        row("ours", "after 401")
            .ask(|s| s.new_client("A").key("obh_live_x"), Is::No(401, "unauthenticated"))
            .ask(|s| s.new_client("A"), Is::New),
        row("ours", "after 403")
            .ask(|s| s.new_client("A").key(&s.narrow), Is::No(403, "insufficient_scope"))
            .ask(|s| s.new_client("A"), Is::New),
        row("ours", "after 403 of a bound key")
            .ask(|s| s.new_client("A").key(&s.bound), Is::No(403, "insufficient_scope"))
            .ask(|s| s.new_client("A"), Is::New),
        row("ours", "after 404: the key may go with a client that there is")
            .ask(
                |s| {
                    s.ask("/v1/posts", &json!({
                    "clientId": "cl_aaaaaaaaaaaaaaaaaaaaaaaaaa", "content": "A", "schedule": { "type": "draft" },
                    "targets": { "mode": "selection", "accountIds": [s.account] },
                }))
                },
                Is::No(404, "not_found"),
            )
            .ask(|s| s.post("A"), Is::New),
        row("ours", "after 409: a known name of another type")
            .ask(|s| s.ask("/v1/clients", &json!({ "name": "Other", "type": "person" })), Is::No(409, "state_conflict"))
            .ask(|s| s.ask("/v1/clients", &json!({ "name": "Other", "type": "person" })), Is::No(409, "state_conflict"))
            .ask(|s| s.ask("/v1/clients", &json!({ "name": "New", "type": "person" })), Is::New),
        row("ours", "after 409 of a used key: another key makes it")
            .ask(|s| s.new_client("A"), Is::New)
            .ask(|s| s.new_client("B"), Is::No(409, "idempotency_key_reused"))
            .ask(|s| s.new_client("B").idempotency_key("other"), Is::New),
        row("ours", "after 413")
            .ask(|s| s.new_client(&"a".repeat(256 * 1024)), Is::No(413, "payload_too_large"))
            .ask(|s| s.new_client("A"), Is::New),
        row("ours", "after 415")
            .ask(|s| s.new_client("A").header("content-type", "text/plain"), Is::No(415, "unsupported_media_type"))
            .ask(|s| s.new_client("A"), Is::New),
        row("Stripe", "after 422 of the request itself")
            .ask(|s| s.new_client(""), Is::No(422, "validation_failed"))
            .ask(|s| s.new_client("A"), Is::New),
        row("ours", "after 422 of what time has changed")
            .pass(Duration::hours(2))
            .ask(|s| s.post("A"), Is::No(422, "validation_failed"))
            .pass(Duration::hours(-2))
            .ask(|s| s.post("A"), Is::New),
        row("Stripe", "after 422 comes first: a used key with a body that is not valid is not valid")
            .ask(|s| s.new_client("A"), Is::New)
            .ask(|s| s.new_client(""), Is::No(422, "validation_failed"))
            .ask(|s| s.new_client("A"), Is::Replay(0)),
        row("Stripe", "after 429")
            .then(|s| Box::pin(super::limits::few(s)))
            .ask(|s| s.new_client("B").idempotency_key("1"), Is::New)
            .ask(|s| s.new_client("C").idempotency_key("2"), Is::New)
            .ask(|s| s.new_client("A"), Is::No(429, "rate_limited"))
            .pass(Duration::hours(1))
            .ask(|s| s.new_client("A"), Is::New),
    ]
}
