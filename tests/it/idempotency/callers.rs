//! Whose a key is.

use super::{Is, Row, row};

const GONE: Is = Is::No(401, "unauthenticated");

pub(super) fn rows() -> Vec<Row> {
    vec![
        row("ours", "another key of the agency repeats it")
            .ask(|s| s.new_client("A"), Is::New)
            .ask(|s| s.new_client("A").key(&s.second), Is::Replay(0)),
        row("RFC 6750 §2.1; ours", "so does the same key in the other header")
            .ask(|s| s.new_client("A"), Is::New)
            .ask(|s| s.new_client("A").without("authorization").header("x-api-key", &s.world.key), Is::Replay(0)),
        row("ours", "a key that is bound to a client has requests of its own")
            .ask(|s| s.invite(&s.client), Is::New)
            .ask(|s| s.invite(&s.client).key(&s.bound), Is::New)
            .ask(|s| s.invite(&s.client), Is::Replay(0)),
        row("ours", "which all keys of that client repeat")
            .ask(|s| s.post("A").key(&s.bound), Is::New)
            .ask(|s| s.post("A").key(&s.bound_too), Is::Replay(0)),
        row("ours", "a key of another client is told of nothing")
            .ask(|s| s.invite(&s.client), Is::New)
            .ask(|s| s.invite(&s.client).key(&s.bound_other), Is::No(404, "not_found")),
        row("ours", "another agency has keys of its own")
            .ask(|s| s.new_client("A"), Is::New)
            .ask(|s| s.new_client("A").key(&s.stranger), Is::New)
            .ask(|s| s.new_client("A"), Is::Replay(0)),
        row("ours", "another agency's key with another body is no conflict")
            .ask(|s| s.new_client("A"), Is::New)
            .ask(|s| s.new_client("B").key(&s.stranger), Is::New),
        row("ours", "test and live have keys of their own, in both directions")
            .ask(|s| s.new_client("A"), Is::New)
            .ask(|s| s.new_client("A").key(&s.test), Is::New)
            .ask(|s| s.new_client("A"), Is::Replay(0))
            .ask(|s| s.new_client("A").key(&s.test), Is::Replay(1)),
        row("ours", "test mode repeats no invite of live")
            .ask(|s| s.invite(&s.client), Is::New)
            .ask(|s| s.invite(&s.client).key(&s.test), Is::No(404, "not_found")),
        row("ours", "a credential comes before a replay")
            .ask(|s| s.new_client("A"), Is::New)
            .ask(|s| s.new_client("A").without("authorization"), GONE)
            .header("www-authenticate", "Bearer")
            .ask(|s| s.new_client("A").key(&s.narrow), Is::No(403, "insufficient_scope")),
        row("ours", "whoever was revoked repeats nothing; another key of the agency does")
            .ask(|s| s.new_client("A").key(&s.second), Is::New)
            .then(|s| Box::pin(async { s.world.revoke(&s.second).await }))
            .ask(|s| s.new_client("A").key(&s.second), GONE)
            .ask(|s| s.new_client("A"), Is::Replay(0)),
    ]
}
