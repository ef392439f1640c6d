//! Idempotency keys are separate per agency, mode and bound client.

use super::{Expected, Row, row};

const UNAUTHENTICATED: Expected = Expected::Refused(401, "unauthenticated");

pub(super) fn rows() -> Vec<Row> {
    vec![
        row("ours", "another API key of the agency can repeat it")
            .ask(|s| s.new_client("A"), Expected::New)
            .ask(|s| s.new_client("A").key(&s.second), Expected::Replay(0)),
        row("RFC 6750 §2.1; ours", "the same API key in the other header can repeat it")
            .ask(|s| s.new_client("A"), Expected::New)
            .ask(|s| s.new_client("A").without("authorization").header("x-api-key", &s.world.key), Expected::Replay(0)),
        row("ours", "a client-bound API key has separate idempotency keys")
            .ask(|s| s.invite(&s.client), Expected::New)
            .ask(|s| s.invite(&s.client).key(&s.bound), Expected::New)
            .ask(|s| s.invite(&s.client), Expected::Replay(0)),
        row("ours", "API keys bound to one client can repeat each other's requests")
            .ask(|s| s.post("A").key(&s.bound), Expected::New)
            .ask(|s| s.post("A").key(&s.bound_too), Expected::Replay(0)),
        row("ours", "an API key bound to another client gets 404")
            .ask(|s| s.invite(&s.client), Expected::New)
            .ask(|s| s.invite(&s.client).key(&s.bound_other), Expected::Refused(404, "not_found")),
        row("ours", "another agency has separate idempotency keys")
            .ask(|s| s.new_client("A"), Expected::New)
            .ask(|s| s.new_client("A").key(&s.stranger), Expected::New)
            .ask(|s| s.new_client("A"), Expected::Replay(0)),
        row("ours", "another agency's use of the key with another body is no conflict")
            .ask(|s| s.new_client("A"), Expected::New)
            .ask(|s| s.new_client("B").key(&s.stranger), Expected::New),
        row("ours", "the modes have separate idempotency keys")
            .ask(|s| s.new_client("A"), Expected::New)
            .ask(|s| s.new_client("A").key(&s.test), Expected::New)
            .ask(|s| s.new_client("A"), Expected::Replay(0))
            .ask(|s| s.new_client("A").key(&s.test), Expected::Replay(1)),
        row("ours", "test mode cannot repeat an invite of live mode")
            .ask(|s| s.invite(&s.client), Expected::New)
            .ask(|s| s.invite(&s.client).key(&s.test), Expected::Refused(404, "not_found")),
        row("ours", "the credential is checked before the replay")
            .ask(|s| s.new_client("A"), Expected::New)
            .ask(|s| s.new_client("A").without("authorization"), UNAUTHENTICATED)
            .header("www-authenticate", "Bearer")
            .ask(|s| s.new_client("A").key(&s.narrow), Expected::Refused(403, "insufficient_scope")),
        row("ours", "a revoked API key cannot repeat a request; another one of the agency can")
            .ask(|s| s.new_client("A").key(&s.second), Expected::New)
            .then(|s| Box::pin(async { s.world.revoke(&s.second).await }))
            .ask(|s| s.new_client("A").key(&s.second), UNAUTHENTICATED)
            .ask(|s| s.new_client("A"), Expected::Replay(0)),
    ]
}
