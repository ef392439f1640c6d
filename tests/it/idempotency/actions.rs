//! POSTs that act on an existing resource: a repeated action is done once.

use serde_json::json;
use shared::{net::SendError, testing::Ask};

use super::{Expected, Fixture, Row, row};
use crate::publish::{answer, is_commit};

const CONFLICT: Expected = Expected::Refused(409, "state_conflict");

/// Creates a post whose commit was refused, or (`lost`) not answered.
async fn post(fixture: &Fixture, lost: bool) {
    fixture.world.network.hook(move |ask| {
        is_commit(ask).then(|| match lost {
            true => Err(SendError::OutcomeUnknown("lost".into())),
            false => Ok(answer(403, &json!({ "title": "Forbidden" }))),
        })
    });
    fixture.world.post(&fixture.client, &[&fixture.account], "A", json!({ "type": "now" })).await;
    fixture.world.deliver().await;
    fixture.world.network.unhook();
    *fixture.post.lock().unwrap() = fixture.newest("/v1/posts", "id").await;
}

fn action(fixture: &Fixture, action: &str, body: &serde_json::Value) -> Ask {
    fixture.ask(&format!("/v1/posts/{}/{action}", fixture.post.lock().unwrap()), body)
}

fn retry(fixture: &Fixture) -> Ask {
    action(fixture, "retry", &json!({}))
}

fn resolve(fixture: &Fixture, said: &str) -> Ask {
    action(fixture, &format!("targets/{}/resolve", fixture.account), &json!({ "as": said }))
}

fn validate(fixture: &Fixture) -> Ask {
    let targets = json!({ "mode": "selection", "accountIds": [fixture.account] });
    let body = json!({ "clientId": fixture.client, "content": "A", "targets": targets, "schedule": { "type": "now" } });
    fixture.ask("/v1/posts/validate", &body)
}

pub(super) fn rows() -> Vec<Row> {
    let failed = |description| row("ours", description).then(|s| Box::pin(post(s, false)));
    let lost = |description| row("ours", description).then(|s| Box::pin(post(s, true)));
    vec![
        failed("a repeated retry gets the first answer, also after the post was published")
            .ask(retry, Expected::New)
            .then(|s| Box::pin(async { s.world.deliver().await }))
            .ask(retry, Expected::Replay(0)),
        failed("no body and an empty object are the same request")
            .ask(retry, Expected::New)
            .ask(|s| retry(s).body(""), Expected::Replay(0)),
        failed("a retry under another key finds no failed target")
            .ask(retry, Expected::New)
            .ask(|s| retry(s).idempotency_key("other"), CONFLICT),
        failed("a used key with another query: 409")
            .ask(retry, Expected::New)
            .ask(|s| action(s, "retry?a=b", &json!({})), Expected::Refused(409, "idempotency_key_reused")),
        failed("a retry needs an idempotency key")
            .ask(|s| retry(s).without("idempotency-key"), Expected::Refused(400, "idempotency_key_required")),
        failed("another API key of the agency can repeat it")
            .ask(retry, Expected::New)
            .ask(|s| retry(s).key(&s.second), Expected::Replay(0)),
        failed("of twenty concurrent retries one is new").at_once(20, |s, _| retry(s), Expected::OneNew),
        lost("a refused retry does not use up its key: it works once the target is resolved")
            .ask(retry, CONFLICT)
            .ask(|s| resolve(s, "not_published"), Expected::New)
            .ask(retry, Expected::New),
        lost("a repeated resolution gets the first answer")
            .ask(|s| resolve(s, "published"), Expected::New)
            .ask(|s| resolve(s, "published"), Expected::Replay(0)),
        lost("another resolution under the same key: 409")
            .ask(|s| resolve(s, "published"), Expected::New)
            .ask(|s| resolve(s, "not_published"), Expected::Refused(409, "idempotency_key_reused")),
        lost("another resolution under another key: 409")
            .ask(|s| resolve(s, "published"), Expected::New)
            .ask(|s| resolve(s, "not_published").idempotency_key("other"), CONFLICT),
        row("ours", "a validation needs no key and uses none up")
            .ask(|s| validate(s).without("idempotency-key"), Expected::Success)
            .ask(validate, Expected::Success)
            .ask(validate, Expected::Success)
            .ask(|s| s.post("A"), Expected::New),
    ]
}
