//! A refused request does not use up its idempotency key.

use chrono::Duration;
use serde_json::json;

use super::{Expected, Row, row};

pub(super) fn rows() -> Vec<Row> {
    vec![
        row("ours", "after 400")
            .ask(|s| s.new_client("A").body("{"), Expected::Refused(400, "malformed_json"))
            .ask(|s| s.new_client("A"), Expected::New),
        row("ours", "after 401")
            .ask(|s| s.new_client("A").key("obh_live_x"), Expected::Refused(401, "unauthenticated"))
            .ask(|s| s.new_client("A"), Expected::New),
        row("ours", "after 403")
            .ask(|s| s.new_client("A").key(&s.narrow), Expected::Refused(403, "insufficient_scope"))
            .ask(|s| s.new_client("A"), Expected::New),
        row("ours", "after 403 of a client-bound API key")
            .ask(|s| s.new_client("A").key(&s.bound), Expected::Refused(403, "insufficient_scope"))
            .ask(|s| s.new_client("A"), Expected::New),
        row("ours", "after 404 of an unknown client")
            .ask(
                |s| {
                    s.ask("/v1/posts", &json!({
                    "clientId": "cl_aaaaaaaaaaaaaaaaaaaaaaaaaa", "content": "A", "schedule": { "type": "draft" },
                    "targets": { "mode": "selection", "accountIds": [s.account] },
                }))
                },
                Expected::Refused(404, "not_found"),
            )
            .ask(|s| s.post("A"), Expected::New),
        row("ours", "after 409: a known name of another type")
            .ask(
                |s| s.ask("/v1/clients", &json!({ "name": "Other", "type": "person" })),
                Expected::Refused(409, "state_conflict"),
            )
            .ask(
                |s| s.ask("/v1/clients", &json!({ "name": "Other", "type": "person" })),
                Expected::Refused(409, "state_conflict"),
            )
            .ask(|s| s.ask("/v1/clients", &json!({ "name": "New", "type": "person" })), Expected::New),
        row("ours", "after 409 of a used key: another key creates it")
            .ask(|s| s.new_client("A"), Expected::New)
            .ask(|s| s.new_client("B"), Expected::Refused(409, "idempotency_key_reused"))
            .ask(|s| s.new_client("B").idempotency_key("other"), Expected::New),
        row("ours", "after 413")
            .ask(|s| s.new_client(&"a".repeat(256 * 1024)), Expected::Refused(413, "payload_too_large"))
            .ask(|s| s.new_client("A"), Expected::New),
        row("ours", "after 415")
            .ask(
                |s| s.new_client("A").header("content-type", "text/plain"),
                Expected::Refused(415, "unsupported_media_type"),
            )
            .ask(|s| s.new_client("A"), Expected::New),
        row("Stripe", "after 422 of the request itself")
            .ask(|s| s.new_client(""), Expected::Refused(422, "validation_failed"))
            .ask(|s| s.new_client("A"), Expected::New),
        row("ours", "after 422 of a time that has passed")
            .pass(Duration::hours(2))
            .ask(|s| s.post("A"), Expected::Refused(422, "validation_failed"))
            .pass(Duration::hours(-2))
            .ask(|s| s.post("A"), Expected::New),
        row("Stripe", "an invalid body under a used key is 422, not 409")
            .ask(|s| s.new_client("A"), Expected::New)
            .ask(|s| s.new_client(""), Expected::Refused(422, "validation_failed"))
            .ask(|s| s.new_client("A"), Expected::Replay(0)),
        row("Stripe", "after 429")
            .then(|s| Box::pin(super::limits::few(s)))
            .ask(|s| s.new_client("B").idempotency_key("1"), Expected::New)
            .ask(|s| s.new_client("C").idempotency_key("2"), Expected::New)
            .ask(|s| s.new_client("A"), Expected::Refused(429, "rate_limited"))
            .pass(Duration::hours(1))
            .ask(|s| s.new_client("A"), Expected::New),
    ]
}
