//! Languages, labels, and who may reply.

use super::*;

fn gate(allow: &Value) -> Value {
    json!({
        "$type": "app.bsky.feed.threadgate", "post": uri(), "allow": allow, "createdAt": CREATED_AT,
    })
}

fn rule(name: &str) -> Value {
    json!([{ "$type": format!("app.bsky.feed.threadgate#{name}") }])
}

#[test]
fn languages_and_labels_are_in_the_record() {
    let run = Run::with("Hello", &[], json!({ "languages": ["en", "de-CH"], "labels": ["nudity"] }));
    let record = run.record();
    assert_eq!(record["langs"], json!(["en", "de-CH"]));
    let labels = json!({ "$type": "com.atproto.label.defs#selfLabels", "values": [{ "val": "nudity" }] });
    assert_eq!(record["labels"], labels);
}

#[test]
fn who_may_reply_is_written_once_the_post_is_public() {
    for (who, allow) in [
        ("nobody", json!([])),
        ("mentioned", rule("mentionRule")),
        ("following", rule("followingRule")),
        ("followers", rule("followerRule")),
    ] {
        let mut run = Run::with("Hello", &[], json!({ "replyControl": who }));
        let Ok(Progress::Visible { published: post, state, .. }) = run.read(200, &written()) else { panic!("{who}") };
        assert_eq!(post, published());
        run.state = state;
        let (effect, _, path, body) = run.sent();
        assert_eq!((effect, path.as_str()), (Effect::Confirm, "/xrpc/com.atproto.repo.putRecord"));
        assert_eq!((&body["collection"], &body["rkey"]), (&json!("app.bsky.feed.threadgate"), &json!(RKEY)));
        assert_eq!((&body["record"], &body["swapRecord"]), (&gate(&allow), &Value::Null), "{who}");
        assert_eq!(run.read(200, &written()), Ok(Progress::Done(published())));
    }
    let open = Run::with("Hello", &[], json!({ "replyControl": "everybody" }));
    assert_eq!(open.read(200, &written()), Ok(Progress::Done(published())));
}

#[test]
fn a_post_that_is_found_gets_its_gate_too() {
    let run = Run::with("Hello", &[], json!({ "replyControl": "nobody" }));
    let found = run.find(200, &existing("Hello", CREATED_AT));
    assert!(matches!(found, Ok(Found::Known(Progress::Visible { .. }))), "{found:?}");
}

#[test]
fn a_refused_gate_leaves_the_post_public() {
    let mut run = Run::with("Hello", &[], json!({ "replyControl": "nobody" }));
    let Ok(Progress::Visible { state, .. }) = run.read(200, &written()) else { panic!("it is public") };
    run.state = state;
    for (status, name) in
        [(400, "InvalidRequest"), (400, "InvalidSwap"), (403, "ScopeMissingError"), (403, "Forbidden")]
    {
        let answer = run.read(status, &json!({ "error": name }));
        assert_eq!(answer, Ok(Progress::Done(published())), "{name}");
    }
    for (status, name, expected) in [
        (429, "RateLimitExceeded", "wait 300"),
        (502, "UpstreamFailure", "unknown"),
        (401, "invalid_token", "reconnect"),
    ] {
        assert_eq!(kind(&run.read(status, &json!({ "error": name })).unwrap_err()), expected, "{name}");
    }
}
