//! Requests that certainly did not arrive are retried for about a day, and no post is published twice.

use chrono::Duration;
use serde_json::json;
use shared::net::SendError;

use super::{answer, calls, is_commit, leap, next_due, now, settle};
use crate::world::World;

fn cut(world: &World) {
    world.network.hook(|request| is_commit(request).then(|| Err(SendError::NotSent("no such host".into()))));
}

#[tokio::test]
async fn an_unsent_commit_is_retried_eight_times_over_about_a_day_and_then_fails() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    world.network.seen();
    cut(&world);
    let begun = world.now();
    let post = world.post(&client, &[&account], "Hello", now()).await;
    world.deliver().await;
    let target = world.target(&post).await;
    assert_eq!(target["status"], "scheduled");
    assert_eq!(target["error"]["code"], "platform_unreachable");
    assert_eq!(target["error"]["category"], "network");
    assert_eq!(target["error"]["retryable"], true);
    let message = target["error"]["message"].as_str().unwrap();
    assert!(message.contains("no such host"), "{message}");
    assert!(target["error"]["platformResponse"].is_null(), "there is no answer of the platform");
    assert_eq!(target["attempts"][0]["outcome"], "not sent");

    let mut waits = Vec::new();
    while let Some(at) = next_due(&world).await {
        waits.push(at - world.now());
        leap(&world).await;
    }
    assert_eq!(waits.len(), 8);
    assert!(waits.is_sorted(), "{waits:?}");
    let day = world.now() - begun;
    assert!(day >= Duration::hours(22) && day <= Duration::hours(28), "{day}");
    assert_eq!(calls(&world)[0], 9);
    let target = world.target(&post).await;
    assert_eq!(target["status"], "failed");
    assert_eq!(target["error"]["category"], "network");
    assert_eq!(target["error"]["retryable"], false);
    assert_eq!(world.read(&post).await["status"], "failed");
    assert!(world.feed("demo_shop").await.is_empty());
}

#[tokio::test]
async fn a_post_is_published_once_when_the_network_returns() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    cut(&world);
    let post = world.post(&client, &[&account], "Back again", now()).await;
    world.deliver().await;
    for _ in 0..3 {
        assert!(leap(&world).await);
    }
    assert!(world.feed("demo_shop").await.is_empty());
    world.network.unhook();
    settle(&world).await;
    let target = world.target(&post).await;
    assert_eq!(target["status"], "published");
    assert!(target["error"].is_null(), "{target}");
    assert_eq!(world.feed("demo_shop").await, ["Back again"]);
}

/// The outage that lost the answer lasts longer than the interval between read-backs.
#[tokio::test]
async fn an_outage_uses_up_no_read_back() {
    let world = World::new().await;
    let (client, account) = world.connected("answer_lost").await;
    let post = world.post(&client, &[&account], "Lost in an outage", now()).await;
    world.deliver().await;
    assert_eq!(world.target(&post).await["status"], "unconfirmed");
    world.network.hook(|_| Some(Err(SendError::NotSent("no such host".into()))));
    for _ in 0..4 {
        assert!(leap(&world).await, "a read-back is still due");
        assert_eq!(world.target(&post).await["status"], "unconfirmed");
    }
    world.network.unhook();
    settle(&world).await;
    assert_eq!(world.target(&post).await["status"], "published");
    assert_eq!(world.feed("answer_lost").await.len(), 1);
}

/// With an expired token it is the refresh that does not arrive.
#[tokio::test]
async fn a_refresh_during_an_outage_is_retried_for_about_a_day_and_then_fails() {
    for answer in [Err(SendError::NotSent("no such host".into())), Ok(answer(503, &json!({})))] {
        let world = World::new().await;
        let (client, account) = world.connected("short_lived").await;
        world.network.hook(move |_| Some(answer.clone()));
        let begun = world.now();
        let post = world.post(&client, &[&account], "Hello", now()).await;
        world.deliver().await;
        let target = world.target(&post).await;
        assert_eq!(target["status"], "scheduled");
        assert_eq!(target["error"]["code"], "not_refreshed");
        assert_eq!(target["error"]["retryable"], true);
        settle(&world).await;
        assert!(world.now() - begun >= Duration::hours(22), "retried for about a day");
        let target = world.target(&post).await;
        assert_eq!(target["status"], "failed");
        assert_eq!(target["error"]["category"], "network");
        assert_eq!(world.accounts(&client).await[0]["status"], "connected");
        assert_eq!(calls(&world)[0], 0);
    }
}

#[tokio::test]
async fn an_unconfirmed_post_in_a_lasting_outage_stays_unconfirmed() {
    let world = World::new().await;
    let (client, account) = world.connected("answer_lost").await;
    let post = world.post(&client, &[&account], "Lost for good", now()).await;
    world.deliver().await;
    world.network.hook(|_| Some(Err(SendError::NotSent("no such host".into()))));
    settle(&world).await;
    let target = world.target(&post).await;
    assert_eq!(target["status"], "unconfirmed");
    assert_eq!(target["error"]["code"], "outcome_unknown");
    assert_eq!(target["error"]["retryable"], false, "it is not read back any more: {target}");
    assert!(target["error"]["message"].as_str().unwrap().contains("decide"), "{target}");
}
