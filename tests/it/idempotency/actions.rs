//! A POST that makes nothing of its own: what it does is done once.

use serde_json::json;
use shared::{net::Failure, testing::Ask};

use super::{Is, Row, Stage, row};
use crate::publish::{answer, is_commit};

const CONFLICT: Is = Is::No(409, "state_conflict");

/// A post whose target was refused, or was sent with no answer.
async fn post(stage: &Stage, lost: bool) {
    stage.world.network.hook(move |ask| {
        is_commit(ask).then(|| match lost {
            true => Err(Failure::OutcomeUnknown("lost".into())),
            false => Ok(answer(403, &json!({ "title": "Forbidden" }))),
        })
    });
    stage.world.post(&stage.client, &[&stage.account], "A", json!({ "type": "now" })).await;
    stage.world.deliver().await;
    stage.world.network.unhook();
    *stage.post.lock().unwrap() = stage.newest("/v1/posts", "id").await;
}

fn action(stage: &Stage, action: &str, body: &serde_json::Value) -> Ask {
    stage.ask(&format!("/v1/posts/{}/{action}", stage.post.lock().unwrap()), body)
}

fn retry(stage: &Stage) -> Ask {
    action(stage, "retry", &json!({}))
}

fn resolve(stage: &Stage, said: &str) -> Ask {
    action(stage, &format!("targets/{}/resolve", stage.account), &json!({ "as": said }))
}

fn validate(stage: &Stage) -> Ask {
    let targets = json!({ "mode": "selection", "accountIds": [stage.account] });
    let body = json!({ "clientId": stage.client, "content": "A", "targets": targets, "schedule": { "type": "now" } });
    stage.ask("/v1/posts/validate", &body)
}

pub(super) fn rows() -> Vec<Row> {
    let failed = |says| row("ours", says).then(|s| Box::pin(post(s, false)));
    let lost = |says| row("ours", says).then(|s| Box::pin(post(s, true)));
    vec![
        failed("a retry again is the first, whatever has come of it")
            .ask(retry, Is::New)
            .then(|s| Box::pin(async { s.world.deliver().await }))
            .ask(retry, Is::Replay(0)),
        failed("without a body as with an empty one").ask(retry, Is::New).ask(|s| retry(s).body(""), Is::Replay(0)),
        failed("a retry under another key finds nothing that has failed")
            .ask(retry, Is::New)
            .ask(|s| retry(s).idempotency_key("other"), CONFLICT),
        failed("a used key with another query: 409")
            .ask(retry, Is::New)
            .ask(|s| action(s, "retry?a=b", &json!({})), Is::No(409, "idempotency_key_reused")),
        failed("a retry needs a key")
            .ask(|s| retry(s).without("idempotency-key"), Is::No(400, "idempotency_key_required")),
        failed("another key of the agency repeats it")
            .ask(retry, Is::New)
            .ask(|s| retry(s).key(&s.second), Is::Replay(0)),
        failed("twenty at once are one").at_once(20, |s, _| retry(s), Is::OneNew),
        lost("what is refused leaves no trace: a retry after the doubt is resolved")
            .ask(retry, CONFLICT)
            .ask(|s| resolve(s, "not_published"), Is::New)
            .ask(retry, Is::New),
        lost("a resolution again is the first")
            .ask(|s| resolve(s, "published"), Is::New)
            .ask(|s| resolve(s, "published"), Is::Replay(0)),
        lost("another resolution under its key: 409")
            .ask(|s| resolve(s, "published"), Is::New)
            .ask(|s| resolve(s, "not_published"), Is::No(409, "idempotency_key_reused")),
        lost("another resolution under another key is too late")
            .ask(|s| resolve(s, "published"), Is::New)
            .ask(|s| resolve(s, "not_published").idempotency_key("other"), CONFLICT),
        row("ours", "a validation makes nothing: it needs no key, and uses none up")
            .ask(|s| validate(s).without("idempotency-key"), Is::Fine)
            .ask(validate, Is::Fine)
            .ask(validate, Is::Fine)
            .ask(|s| s.post("A"), Is::New),
    ]
}
