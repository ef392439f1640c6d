//! Which request is the same one again.

use super::{Is, Row, row};

const REUSED: Is = Is::No(409, "idempotency_key_reused");

pub(super) fn rows() -> Vec<Row> {
    vec![
        row("draft, Idempotency Enforcement Scenarios", "the same key and request again: the first answer")
            .ask(|s| s.new_client("A"), Is::New)
            .header("idempotent-replayed", None)
            .ask(|s| s.new_client("A"), Is::Replay(0))
            .ask(|s| s.new_client("A"), Is::Replay(0)),
        row("ours; draft, Error Scenarios, has 422", "another body: 409, and the first stands")
            .ask(|s| s.new_client("A"), Is::New)
            .ask(|s| s.new_client("B"), REUSED)
            .ask(|s| s.new_client("A"), Is::Replay(0)),
        row("Stripe", "another body of an invite")
            .ask(|s| s.invite(&s.client), Is::New)
            .ask(|s| s.invite(&s.client).body(r#"{"platforms":["x"],"expiresInHours":47}"#), REUSED),
        row("Stripe", "another body of a post").ask(|s| s.post("A"), Is::New).ask(|s| s.post("B"), REUSED),
        row("Stripe", "another body of a key").ask(|s| s.new_key("A"), Is::New).ask(|s| s.new_key("B"), REUSED),
        row("RFC 8785 §3.2", "spaces, the order of names and escapes are spelling")
            .ask(|s| s.new_client("").body(r#"{"name":"A","type":"brand"}"#), Is::New)
            .ask(|s| s.new_client("").body("{ \"type\": \"brand\",\n \"name\": \"\\u0041\" }"), Is::Replay(0)),
        row("RFC 8785 §3.2.2.3", "so is how a number is written")
            .ask(|s| s.invite(&s.client), Is::New)
            .ask(|s| s.invite(&s.client).body(r#"{"platforms":["x"],"expiresInHours":48.0}"#), Is::Replay(0))
            .ask(|s| s.invite(&s.client).body(r#"{"platforms":["x"],"expiresInHours":4.8e1}"#), Is::Replay(0)),
        row("RFC 8785 §3.2.3", "the order of a list is not")
            .ask(|s| s.invite(&s.client).body(r#"{"platforms":["x","bluesky"]}"#), Is::New)
            .ask(|s| s.invite(&s.client).body(r#"{"platforms":["bluesky","x"]}"#), REUSED),
        row("RFC 8785 §3.1", "nor how a letter is composed, although the name is the same")
            .ask(|s| s.new_client("Caf\u{e9}"), Is::New)
            .ask(|s| s.new_client("Cafe\u{301}"), REUSED),
        row("draft, Idempotency Fingerprint", "a default that is left out is another request")
            .ask(|s| s.new_client("").body(r#"{"name":"A","type":"brand"}"#), Is::New)
            .ask(|s| s.new_client("A"), REUSED),
        row("ours", "another query is another request")
            .ask(|s| s.new_client("A"), Is::New)
            .ask(|s| s.ask("/v1/clients?a=b", &serde_json::json!({ "name": "A" })), REUSED),
        row("ours", "another client's path has keys of its own")
            .ask(|s| s.invite(&s.client), Is::New)
            .ask(|s| s.invite(&s.other), Is::New)
            .ask(|s| s.invite(&s.client), Is::Replay(0)),
        row("ours", "so has another route")
            .ask(|s| s.new_client("A"), Is::New)
            .ask(|s| s.new_key("A"), Is::New)
            .ask(|s| s.new_client("A"), Is::Replay(0)),
        row("RFC 9110 §9.2.2, Stripe", "a GET, PATCH or DELETE is repeatable by itself: a key means nothing to it")
            .ask(|s| s.new_client("A"), Is::New)
            .ask(|s| s.read().idempotency_key("k"), Is::Fine)
            .ask(
                |s| {
                    super::Ask::new(super::Method::PATCH, "/v1/agency")
                        .header("content-type", "application/json")
                        .body(r#"{"name":"B"}"#)
                        .idempotency_key("k")
                        .key(&s.world.key)
                },
                Is::Fine,
            )
            .ask(
                |s| {
                    super::Ask::new(super::Method::DELETE, "/v1/connect-invites/none")
                        .idempotency_key("k")
                        .key(&s.world.key)
                },
                Is::No(404, "not_found"),
            )
            .ask(|s| s.new_client("A"), Is::Replay(0)),
        row("ours", "what the headers say besides is not of the request").ask(|s| s.new_client("A"), Is::New).ask(
            |s| s.new_client("A").header("content-type", "application/json; charset=utf-8").header("x-other", "1"),
            Is::Replay(0),
        ),
        row("ours", "a replay has its own correlation id and limits")
            .ask(|s| s.new_client("A").header("x-correlation-id", "one"), Is::New)
            .header("x-correlation-id", "one")
            .header("ratelimit-remaining", "99991")
            .ask(|s| s.new_client("A").header("x-correlation-id", "two"), Is::Replay(0))
            .header("x-correlation-id", "two")
            .header("ratelimit-remaining", "99990"),
        row("ours", "a known name answers the client that stands, and its key says so again")
            .ask(|s| s.new_client(" A "), Is::New)
            .ask(|s| s.new_client("A").idempotency_key("other"), Is::Known(0))
            .ask(|s| s.new_client("A").idempotency_key("other"), Is::KnownReplay(0))
            .ask(|s| s.new_client("B").idempotency_key("other"), REUSED),
        row("ours", "a known name under the key of another: 409")
            .ask(|s| s.new_client("A"), Is::New)
            .ask(|s| s.new_client("Other"), REUSED),
        row("ours; draft, Error Scenarios, has 409", "two at once: one is made, the other is its replay").at_once(
            2,
            |s, _| s.new_client("A"),
            Is::OneNew,
        ),
        row("ours", "twenty posts at once are one").at_once(20, |s, _| s.post("A"), Is::OneNew),
        row("ours", "twenty invites at once are one").at_once(20, |s, _| s.invite(&s.client), Is::OneNew),
        row("ours", "two at once that differ: one is made, the other refused").at_once(
            2,
            |s, n| s.new_client(["A", "B"][n]),
            Is::OneAndNo(409, "idempotency_key_reused"),
        ),
    ]
}
