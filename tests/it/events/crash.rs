//! Workers that are killed at any of their effects: each end has its events, once.

use chrono::Duration;
use serde_json::Value;

use super::{events, types};
use crate::{
    crash::killed_worker::handle_until,
    publish::{next_due, now, opened, settle, target_messages},
    world::{Browser, World},
};

const MAX_EFFECTS: usize = 60;

/// Publishes a post on these accounts of X, with a worker that is killed before the effect with this number; then others go on.
/// Returns the events, the post, and whether the worker finished.
async fn after_a_crash(handles: &[&str], effects: usize) -> (Vec<Value>, Value, bool) {
    let world = World::new().await;
    let (client, first) = world.connected(handles[0]).await;
    let mut ids = vec![first];
    for handle in &handles[1..] {
        let link = world.link(&client, &["x"]).await;
        Browser::default().connect_x(&world, &link, handle).await;
        let accounts = world.accounts(&client).await;
        let found = accounts.iter().find(|account| account["handle"] == *handle).unwrap();
        ids.push(found["id"].as_str().unwrap().to_owned());
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let post = world.post(&client, &ids, "Once", now()).await;
    world.clock.advance(Duration::milliseconds(1));
    opened(&world, &post).await;
    let mut finished = true;
    for message in target_messages(&world, &post) {
        finished &= handle_until(&world, message, effects).await;
    }
    world.lose_messages();
    settle(&world).await;
    assert_eq!(next_due(&world).await, None);
    (events(&world).await, world.read(&post).await, finished)
}

/// Asserts that what became of the post and its targets was told last, and that nothing was told twice.
fn assert_told(events: &[Value], post: &Value, at: &str) {
    let mut seen = std::collections::BTreeSet::new();
    for event in events {
        let told = (event["type"].to_string(), event["data"]["accountId"].to_string());
        assert!(seen.insert(told), "{at}: twice in {:?}", types(events));
    }
    let last = |of: &str, account: &Value| {
        let mut all = events.iter().rev().filter(|event| event["data"]["accountId"] == *account);
        all.find(|event| event["type"].as_str().unwrap().starts_with(of)).map(|event| event["data"]["status"].clone())
    };
    for target in post["targets"].as_array().unwrap() {
        assert_eq!(last("target.", &target["accountId"]), Some(target["status"].clone()), "{at}: {:?}", types(events));
    }
    assert_eq!(last("post.", &Value::Null), Some(post["status"].clone()), "{at}: {:?}", types(events));
}

#[tokio::test]
async fn the_ends_of_a_post_are_told_once_after_any_crash() {
    for handles in [&["suspended"][..], &["demo_shop", "suspended"]] {
        let mut finished = false;
        for effects in 0..MAX_EFFECTS {
            let (events, post, done) = after_a_crash(handles, effects).await;
            assert_told(&events, &post, &format!("killed before effect {effects}"));
            finished = done;
            if done {
                assert!(effects > 8, "{effects}");
                break;
            }
        }
        assert!(finished, "the worker never finished");
    }
}
