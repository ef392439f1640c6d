//! Canceling a post that is being published: a prepared target is canceled at once, an unconfirmed one when it is certain
//! that it was not published. No commit begins after the cancel was answered.

use chrono::Duration;
use serde_json::{Value, json};

use super::{cancel, statuses};
use crate::{
    media::{ask, connected, describe, feed, sample},
    publish::{minutes, next_due, settle},
    world::World,
};

/// A picture for this Instagram account, due now, after one run of the worker.
async fn begun(world: &World, account: &str) -> Value {
    let place = connected(world, "instagram", account).await;
    let answer = ask(world, &place, &[&sample("photo.jpg")], json!({})).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    world.deliver().await;
    answer.data()
}

/// The same, after its commit was sent and not answered.
async fn unconfirmed(world: &World, account: &str) -> Value {
    let post = begun(world, account).await;
    for _ in 0..30 {
        if statuses(&world.read(&post).await) == ["unconfirmed"] {
            return post;
        }
        world.pass(Duration::seconds(1)).await;
        world.deliver().await;
    }
    panic!("{}", world.read(&post).await)
}

#[tokio::test]
async fn a_prepared_target_is_canceled_at_once() {
    let world = World::new().await;
    let post = begun(&world, "never_ready").await;
    assert_eq!(statuses(&world.read(&post).await), ["sending"]);
    let canceled = cancel(&world, &post).await;
    assert_eq!((canceled.status.as_u16(), statuses(&canceled.data())), (200, vec!["canceled"]), "{}", canceled.text);
    world.deliver().await;
    assert_eq!(next_due(&world).await, None);
}

#[tokio::test]
async fn an_unconfirmed_target_is_not_sent_again_after_a_cancel() {
    let world = World::new().await;
    let post = unconfirmed(&world, "lost_unposted").await;
    assert_eq!(describe(&world.target(&post).await), "unconfirmed outcome_unknown network again");
    let commits = |target: &Value| {
        target["attempts"].as_array().unwrap().iter().filter(|attempt| attempt["step"] == "commit").count()
    };
    let before = commits(&world.target(&post).await);

    let answer = cancel(&world, &post).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let described = answer.data()["targets"][0].clone();
    assert_eq!(
        describe(&described),
        "unconfirmed outcome_unknown network",
        "it is not retried, so an agency that sends it by other means does not duplicate it"
    );
    assert!(described["error"]["message"].as_str().unwrap().contains("not sent again"), "{described}");
    assert_eq!(cancel(&world, &post).await.data(), answer.data(), "again");

    let requested = described["cancelRequestedAt"].as_str().unwrap();
    assert_eq!(requested.parse::<chrono::DateTime<chrono::Utc>>().unwrap(), world.now(), "{described}");
    minutes(&world, 30).await;
    let still = world.target(&post).await;
    assert_eq!(still["status"], "unconfirmed", "a late call may still publish its container: {still}");
    settle(&world).await;
    let target = world.target(&post).await;
    assert_eq!((describe(&target).as_str(), commits(&target)), ("canceled - -", before), "{target}");
    assert_eq!(next_due(&world).await, None);
    assert!(feed(&world, "instagram", "lost_unposted").await.is_empty());
}

/// On X, nothing proves that a post was not published: after two read-backs, a person decides.
#[tokio::test]
async fn where_nothing_proves_absence_a_cancel_leaves_the_target_to_a_person() {
    let world = World::new().await;
    let (client, account) = world.connected("lost_unposted").await;
    let post = world.post(&client, &[&account], "Rather not", json!({ "type": "now" })).await;
    world.deliver().await;
    let answer = cancel(&world, &post).await;
    assert_eq!((answer.status.as_u16(), statuses(&answer.data())), (200, vec!["unconfirmed"]), "{}", answer.text);
    minutes(&world, 10).await;
    assert_eq!(next_due(&world).await, None);
    assert_eq!(statuses(&world.read(&post).await), ["unconfirmed"]);
    let refused = cancel(&world, &post).await;
    assert_eq!(refused.status, 200, "it is canceled as far as it can be: {}", refused.text);
    assert!(world.feed("lost_unposted").await.is_empty());
}

#[tokio::test]
async fn a_canceled_target_that_the_read_back_finds_is_published() {
    let world = World::new().await;
    let post = unconfirmed(&world, "answer_lost").await;
    assert_eq!(cancel(&world, &post).await.status, 200);
    minutes(&world, 10).await;
    assert_eq!(describe(&world.target(&post).await), "published - -");
    assert_eq!(feed(&world, "instagram", "answer_lost").await.len(), 1);
}
