//! Posts of a connected account: one record each, whatever happens to the answers.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use chrono::Duration;
use serde_json::{Value, json};
use shared::net::Failure;

use super::Scene;
use crate::{
    connect::{called, is, publish, reply},
    world::atproto::{ANN, GET, PUT, TOKEN},
};

/// The one record on the PDS.
fn record(scene: &Scene) -> (String, Value) {
    let records = scene.network.records();
    assert_eq!(records.len(), 1, "{records:?}");
    records.into_iter().next().unwrap()
}

/// A post that says hello, now, and its first try behind it.
async fn posted(scene: &Scene, account: &str) -> Value {
    let post = scene.world.post(&scene.client, &[account], "Hello", json!({ "type": "now" })).await;
    scene.world.deliver().await;
    post
}

#[tokio::test]
async fn a_post_becomes_one_record_by_two_calls() {
    let mut scene = Scene::new().await;
    let account = scene.connect().await;
    let _ = scene.world.network.seen();
    let target = publish(&scene.world, &scene.client, &account, "New drop 🚗 https://autoloom.test").await;
    assert_eq!(target["status"], "published", "{target}");
    assert_eq!(
        scene.world.network.seen(),
        [format!("POST {PUT}"), format!("POST {PUT}")],
        "the first learns the nonce"
    );

    let (address, record) = record(&scene);
    assert_eq!(target["platformPostId"], address);
    let key = address.rsplit('/').next().unwrap();
    assert_eq!(target["url"], format!("https://bsky.app/profile/{ANN}/post/{key}"));
    assert_eq!(record["text"], "New drop 🚗 https://autoloom.test");
    assert_eq!(record["facets"][0]["features"][0]["uri"], "https://autoloom.test");
    scene.world.pass(Duration::hours(1)).await;
    assert_eq!(scene.network.records().len(), 1);
}

#[tokio::test]
async fn a_record_whose_answer_is_lost_is_found_again_and_not_sent_twice() {
    let mut scene = Scene::new().await;
    let account = scene.connect().await;
    let network = scene.network.clone();
    scene.network.script(move |request| {
        let answer = network.answer(request)?;
        let written = is(request, PUT) && answer.status() == 200;
        Some(if written { Err(Failure::OutcomeUnknown("the connection broke".into())) } else { Ok(answer) })
    });
    let post = posted(&scene, &account).await;
    assert_eq!(scene.world.target(&post).await["status"], "unconfirmed");
    let (address, _) = record(&scene);
    let _ = scene.world.network.seen();

    scene.world.pass(Duration::seconds(2)).await;
    let target = scene.world.target(&post).await;
    assert_eq!((&target["status"], &target["platformPostId"]), (&json!("published"), &json!(address)), "{target}");
    assert_eq!(scene.world.network.seen(), [format!("GET {GET}"), format!("GET {GET}")], "it is looked for once");
    scene.world.pass(Duration::hours(1)).await;
    assert_eq!(record(&scene).0, address);
}

#[tokio::test]
async fn a_record_that_never_arrived_is_sent_again_under_the_same_key() {
    let mut scene = Scene::new().await;
    let account = scene.connect().await;
    let (network, puts, lost) = (scene.network.clone(), AtomicUsize::new(0), Arc::new(Mutex::new(Value::Null)));
    let kept = Arc::clone(&lost);
    scene.network.script(move |request| {
        // The second try of the first put, which carries the nonce, is lost on its way.
        if is(request, PUT) && puts.fetch_add(1, Ordering::Relaxed) == 1 {
            *kept.lock().unwrap() = serde_json::from_slice(request.body()).unwrap();
            return Some(Err(Failure::OutcomeUnknown("the connection broke".into())));
        }
        network.answer(request).map(Ok)
    });
    let post = posted(&scene, &account).await;
    assert_eq!(scene.world.target(&post).await["status"], "unconfirmed");
    assert!(scene.network.records().is_empty());
    scene.world.pass(Duration::minutes(1)).await;
    let (address, record) = record(&scene);
    let target = scene.world.target(&post).await;
    assert_eq!((&target["status"], &target["platformPostId"]), (&json!("published"), &json!(address)), "{target}");
    let lost = lost.lock().unwrap().clone();
    assert!(address.ends_with(lost["rkey"].as_str().unwrap()), "the very same key");
    assert_eq!(record, lost["record"], "and the very same record, its time of creation included");
}

/// Publishes while a server refuses the swap, with `standing` where the record is to go.
async fn swapped(standing: impl Fn(&Value) -> Value + Send + Sync + 'static) -> (Value, Value) {
    let mut scene = Scene::new().await;
    let account = scene.connect().await;
    let network = scene.network.clone();
    scene.network.script(move |request| {
        if !is(request, PUT) {
            return None;
        }
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        let address = format!("at://{ANN}/app.bsky.feed.post/{}", body["rkey"].as_str().unwrap());
        network.place(&address, standing(&body["record"]));
        // A server that does not know an equal record for what it is.
        let answer = network.answer(request)?;
        Some(Ok(if answer.status() == 200 { reply(400, &json!({ "error": "InvalidSwap" })) } else { answer }))
    });
    let target = publish(&scene.world, &scene.client, &account, "Hello").await;
    assert_eq!(called(&scene.world, GET), 2, "it is looked at once, with the nonce");
    (target, record(&scene).1)
}

#[tokio::test]
async fn a_refused_swap_over_the_very_record_is_a_success() {
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
async fn an_ended_token_is_refreshed_with_the_key_and_app_that_made_it() {
    let mut scene = Scene::new().await;
    let account = scene.connect().await;
    for n in 1..=2 {
        scene.world.clock.advance(Duration::hours(2));
        let _ = scene.world.network.seen();
        let target = publish(&scene.world, &scene.client, &account, &format!("post {n}")).await;
        assert_eq!(target["status"], "published", "{target}");
        assert_eq!(called(&scene.world, TOKEN), 2, "one refresh: once to learn the nonce, once with it");
    }
    assert_eq!(scene.network.records().len(), 2);
}
