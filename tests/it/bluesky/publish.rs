//! Publishing to a connected account: one record per post, even if answers are lost.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use chrono::Duration;
use serde_json::{Value, json};
use shared::net::SendError;

use super::Setup;
use crate::{
    connect::{called, is, publish, reply},
    world::atproto::{ANN, GET, PUT, TOKEN},
};

/// The only record on the PDS: its URI and its value.
fn record(setup: &Setup) -> (String, Value) {
    let records = setup.network.records();
    assert_eq!(records.len(), 1, "{records:?}");
    records.into_iter().next().unwrap()
}

/// Creates a post that is due now, and runs its first attempt.
async fn posted(setup: &Setup, account: &str) -> Value {
    let post = setup.world.post(&setup.client, &[account], "Hello", json!({ "type": "now" })).await;
    setup.world.deliver().await;
    post
}

#[tokio::test]
async fn a_post_becomes_one_record_with_two_calls_and_a_look_at_its_link() {
    let mut setup = Setup::new().await;
    let account = setup.connect().await;
    let _ = setup.world.network.seen();
    let target = publish(&setup.world, &setup.client, &account, "New drop 🚗 https://autoloom.test").await;
    assert_eq!(target["status"], "published", "{target}");
    assert_eq!(
        setup.world.network.seen(),
        ["GET https://autoloom.test/".to_owned(), format!("POST {PUT}"), format!("POST {PUT}")],
        "the first write learns the nonce"
    );

    let (address, record) = record(&setup);
    assert_eq!(target["platformPostId"], address);
    let key = address.rsplit('/').next().unwrap();
    assert_eq!(target["url"], format!("https://bsky.app/profile/{ANN}/post/{key}"));
    assert_eq!(record["text"], "New drop 🚗 https://autoloom.test");
    assert_eq!(record["facets"][0]["features"][0]["uri"], "https://autoloom.test");
    setup.world.pass(Duration::hours(1)).await;
    assert_eq!(setup.network.records().len(), 1);
}

#[tokio::test]
async fn a_record_whose_answer_was_lost_is_read_back_and_not_sent_twice() {
    let mut setup = Setup::new().await;
    let account = setup.connect().await;
    let network = setup.network.clone();
    setup.network.script(move |request| {
        let answer = network.answer(request)?;
        let written = is(request, PUT) && answer.status() == 200;
        Some(if written { Err(SendError::OutcomeUnknown("the connection broke".into())) } else { Ok(answer) })
    });
    let post = posted(&setup, &account).await;
    assert_eq!(setup.world.target(&post).await["status"], "unconfirmed");
    let (address, _) = record(&setup);
    let _ = setup.world.network.seen();

    setup.world.pass(Duration::seconds(2)).await;
    let target = setup.world.target(&post).await;
    assert_eq!((&target["status"], &target["platformPostId"]), (&json!("published"), &json!(address)), "{target}");
    assert_eq!(setup.world.network.seen(), [format!("GET {GET}"), format!("GET {GET}")], "it is read back once");
    setup.world.pass(Duration::hours(1)).await;
    assert_eq!(record(&setup).0, address);
}

#[tokio::test]
async fn a_record_that_never_arrived_is_sent_again_under_the_same_record_key() {
    let mut setup = Setup::new().await;
    let account = setup.connect().await;
    let (network, puts, lost) = (setup.network.clone(), AtomicUsize::new(0), Arc::new(Mutex::new(Value::Null)));
    let kept = Arc::clone(&lost);
    setup.network.script(move |request| {
        // The second try of the first put, which carries the nonce, is lost on its way.
        if is(request, PUT) && puts.fetch_add(1, Ordering::Relaxed) == 1 {
            *kept.lock().unwrap() = serde_json::from_slice(request.body()).unwrap();
            return Some(Err(SendError::OutcomeUnknown("the connection broke".into())));
        }
        network.answer(request).map(Ok)
    });
    let post = posted(&setup, &account).await;
    assert_eq!(setup.world.target(&post).await["status"], "unconfirmed");
    assert!(setup.network.records().is_empty());
    // Not while the lost write might still overlap with the next one.
    setup.world.pass(Duration::minutes(1)).await;
    assert!(setup.network.records().is_empty());
    setup.world.pass(Duration::minutes(2)).await;
    let (address, record) = record(&setup);
    let target = setup.world.target(&post).await;
    assert_eq!((&target["status"], &target["platformPostId"]), (&json!("published"), &json!(address)), "{target}");
    let lost = lost.lock().unwrap().clone();
    assert!(address.ends_with(lost["rkey"].as_str().unwrap()), "the record key is the same");
    assert_eq!(record, lost["record"], "the record is the same, including its time of creation");
}

/// Publishes while the server refuses the swap and has the record `existing` in the place of the new one.
async fn swapped(existing: impl Fn(&Value) -> Value + Send + Sync + 'static) -> (Value, Value) {
    let mut setup = Setup::new().await;
    let account = setup.connect().await;
    let network = setup.network.clone();
    setup.network.script(move |request| {
        if !is(request, PUT) {
            return None;
        }
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        let address = format!("at://{ANN}/app.bsky.feed.post/{}", body["rkey"].as_str().unwrap());
        network.place(&address, existing(&body["record"]));
        // A server that refuses an equal record too.
        let answer = network.answer(request)?;
        Some(Ok(if answer.status() == 200 { reply(400, &json!({ "error": "InvalidSwap" })) } else { answer }))
    });
    let target = publish(&setup.world, &setup.client, &account, "Hello").await;
    assert_eq!(called(&setup.world, GET), 2, "it is read back once, after a call for the nonce");
    (target, record(&setup).1)
}

#[tokio::test]
async fn a_refused_swap_over_an_equal_record_is_a_success() {
    let (target, record) = swapped(Clone::clone).await;
    assert_eq!(target["status"], "published", "{target}");
    assert_eq!(record["text"], "Hello");
}

#[tokio::test]
async fn another_record_in_its_place_is_never_overwritten() {
    let (target, record) = swapped(|_| json!({ "text": "older", "createdAt": "2020-01-01T00:00:00Z" })).await;
    assert_eq!(
        (&target["status"], &target["error"]["code"]),
        (&json!("failed"), &json!("record_key_taken")),
        "{target}"
    );
    assert_eq!(record["text"], "older");
}

#[tokio::test]
async fn an_expired_token_is_refreshed_with_its_own_key_and_client() {
    let mut setup = Setup::new().await;
    let account = setup.connect().await;
    for n in 1..=2 {
        setup.world.clock.advance(Duration::hours(2));
        let _ = setup.world.network.seen();
        let target = publish(&setup.world, &setup.client, &account, &format!("post {n}")).await;
        assert_eq!(target["status"], "published", "{target}");
        assert_eq!(called(&setup.world, TOKEN), 2, "one refresh: one call learns the nonce, one uses it");
    }
    assert_eq!(setup.network.records().len(), 2);
}
