//! Which requests count as the same.

use super::{Expected, Row, row};

const REUSED: Expected = Expected::Refused(409, "idempotency_key_reused");

pub(super) fn rows() -> Vec<Row> {
    vec![
        row("draft, Idempotency Enforcement Scenarios", "the same key and request again: the first answer")
            .ask(|s| s.new_client("A"), Expected::New)
            .header("idempotent-replayed", None)
            .ask(|s| s.new_client("A"), Expected::Replay(0))
            .ask(|s| s.new_client("A"), Expected::Replay(0)),
        row("ours; draft, Error Scenarios, has 422", "another body: 409, and the first answer is kept")
            .ask(|s| s.new_client("A"), Expected::New)
            .ask(|s| s.new_client("B"), REUSED)
            .ask(|s| s.new_client("A"), Expected::Replay(0)),
        row("Stripe", "another body of an invite")
            .ask(|s| s.invite(&s.client), Expected::New)
            .ask(|s| s.invite(&s.client).body(r#"{"platforms":["x"],"expiresInHours":47}"#), REUSED),
        row("Stripe", "another body of a post").ask(|s| s.post("A"), Expected::New).ask(|s| s.post("B"), REUSED),
        row("Stripe", "another body of a key").ask(|s| s.new_key("A"), Expected::New).ask(|s| s.new_key("B"), REUSED),
        row("RFC 8785 §3.2", "spaces, the order of members and escapes do not matter")
            .ask(|s| s.new_client("").body(r#"{"name":"A","type":"brand"}"#), Expected::New)
            .ask(|s| s.new_client("").body("{ \"type\": \"brand\",\n \"name\": \"\\u0041\" }"), Expected::Replay(0)),
        row("RFC 8785 §3.2.2.3", "the notation of a number does not matter")
            .ask(|s| s.invite(&s.client), Expected::New)
            .ask(|s| s.invite(&s.client).body(r#"{"platforms":["x"],"expiresInHours":48.0}"#), Expected::Replay(0))
            .ask(|s| s.invite(&s.client).body(r#"{"platforms":["x"],"expiresInHours":4.8e1}"#), Expected::Replay(0)),
        row("RFC 8785 §3.2.3", "the order of a list matters")
            .ask(|s| s.invite(&s.client).body(r#"{"platforms":["x","bluesky"]}"#), Expected::New)
            .ask(|s| s.invite(&s.client).body(r#"{"platforms":["bluesky","x"]}"#), REUSED),
        row("RFC 8785 §3.1", "Unicode composition matters, although the normalized name is the same")
            .ask(|s| s.new_client("Caf\u{e9}"), Expected::New)
            .ask(|s| s.new_client("Cafe\u{301}"), REUSED),
        row("draft, Idempotency Fingerprint", "an omitted default is another request")
            .ask(|s| s.new_client("").body(r#"{"name":"A","type":"brand"}"#), Expected::New)
            .ask(|s| s.new_client("A"), REUSED),
        row("ours", "another query is another request")
            .ask(|s| s.new_client("A"), Expected::New)
            .ask(|s| s.ask("/v1/clients?a=b", &serde_json::json!({ "name": "A" })), REUSED),
        row("ours", "paths of different clients have separate keys")
            .ask(|s| s.invite(&s.client), Expected::New)
            .ask(|s| s.invite(&s.other), Expected::New)
            .ask(|s| s.invite(&s.client), Expected::Replay(0)),
        row("ours", "routes have separate keys")
            .ask(|s| s.new_client("A"), Expected::New)
            .ask(|s| s.new_key("A"), Expected::New)
            .ask(|s| s.new_client("A"), Expected::Replay(0)),
        row("RFC 9110 §9.2.2, Stripe", "GET, PATCH and DELETE are idempotent by themselves and ignore the key")
            .ask(|s| s.new_client("A"), Expected::New)
            .ask(|s| s.read().idempotency_key("k"), Expected::Success)
            .ask(
                |s| {
                    super::Ask::new(super::Method::PATCH, "/v1/agency")
                        .header("content-type", "application/json")
                        .body(r#"{"name":"B"}"#)
                        .idempotency_key("k")
                        .key(&s.world.key)
                },
                Expected::Success,
            )
            .ask(
                |s| {
                    super::Ask::new(super::Method::DELETE, "/v1/connect-invites/none")
                        .idempotency_key("k")
                        .key(&s.world.key)
                },
                Expected::Refused(404, "not_found"),
            )
            .ask(|s| s.new_client("A"), Expected::Replay(0)),
        row("ours", "other headers do not matter").ask(|s| s.new_client("A"), Expected::New).ask(
            |s| s.new_client("A").header("content-type", "application/json; charset=utf-8").header("x-other", "1"),
            Expected::Replay(0),
        ),
        row("ours", "a replay has the correlation id and limits of its own request")
            .ask(|s| s.new_client("A").header("x-correlation-id", "one"), Expected::New)
            .header("x-correlation-id", "one")
            .header("ratelimit-remaining", "99991")
            .ask(|s| s.new_client("A").header("x-correlation-id", "two"), Expected::Replay(0))
            .header("x-correlation-id", "two")
            .header("ratelimit-remaining", "99990"),
        row("ours", "a known name answers the existing client, and its key replays that")
            .ask(|s| s.new_client(" A "), Expected::New)
            .ask(|s| s.new_client("A").idempotency_key("other"), Expected::Existing(0))
            .ask(|s| s.new_client("A").idempotency_key("other"), Expected::ExistingReplay(0))
            .ask(|s| s.new_client("B").idempotency_key("other"), REUSED),
        row("ours", "a known name under a used key: 409")
            .ask(|s| s.new_client("A"), Expected::New)
            .ask(|s| s.new_client("Other"), REUSED),
        row(
            "ours; draft, Error Scenarios, has 409",
            "of two concurrent requests one creates, and the other is its replay",
        )
        .at_once(2, |s, _| s.new_client("A"), Expected::OneNew),
        row("ours", "twenty concurrent posts create one").at_once(20, |s, _| s.post("A"), Expected::OneNew),
        row("ours", "twenty concurrent invites create one").at_once(20, |s, _| s.invite(&s.client), Expected::OneNew),
        row("ours", "of two concurrent different requests one creates, and the other is refused").at_once(
            2,
            |s, n| s.new_client(["A", "B"][n]),
            Expected::OneNewOthersRefused(409, "idempotency_key_reused"),
        ),
    ]
}
