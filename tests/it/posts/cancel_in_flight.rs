//! Canceling what is on its way: what is only prepared is canceled at once, what is in doubt as soon as it surely is not
//! there. No commit begins after the cancel was answered.

use chrono::Duration;
use serde_json::{Value, json};

use super::{cancel, statuses};
use crate::{
    media::{ask, connected, feed, sample, told},
    publish::{minutes, next_due},
    world::World,
};

/// A picture for this account of Instagram, sent now and worked on once.
async fn begun(world: &World, account: &str) -> Value {
    let place = connected(world, "instagram", account).await;
    let answer = ask(world, &place, &[&sample("photo.jpg")], json!({})).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    world.deliver().await;
    answer.data()
}

/// The same, until its commit has left and was not answered.
async fn doubted(world: &World, account: &str) -> Value {
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
async fn what_is_only_prepared_is_canceled_at_once() {
    let world = World::new().await;
    let post = begun(&world, "never_ready").await;
    assert_eq!(statuses(&world.read(&post).await), ["sending"]);
    let canceled = cancel(&world, &post).await;
    assert_eq!((canceled.status.as_u16(), statuses(&canceled.data())), (200, vec!["canceled"]), "{}", canceled.text);
    assert_eq!(next_due(&world).await, None);
}

#[tokio::test]
async fn what_is_in_doubt_is_not_sent_again_after_a_cancel() {
    let world = World::new().await;
    let post = doubted(&world, "lost_unposted").await;
    assert_eq!(told(&world.target(&post).await), "unconfirmed outcome_unknown network again");
    let commits = |target: &Value| {
        target["attempts"].as_array().unwrap().iter().filter(|attempt| attempt["step"] == "commit").count()
    };
    let before = commits(&world.target(&post).await);

    let answer = cancel(&world, &post).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let told_now = answer.data()["targets"][0].clone();
    assert_eq!(told(&told_now), "unconfirmed outcome_unknown network", "whoever sends it by another way sends it once");
    assert!(told_now["error"]["message"].as_str().unwrap().contains("not sent again"), "{told_now}");
    assert_eq!(cancel(&world, &post).await.data(), answer.data(), "again");

    minutes(&world, 30).await;
    let target = world.target(&post).await;
    assert_eq!((told(&target).as_str(), commits(&target)), ("canceled - -", before), "{target}");
    assert_eq!(next_due(&world).await, None);
    assert!(feed(&world, "instagram", "lost_unposted").await.is_empty());
}

#[tokio::test]
async fn what_turns_out_to_stand_is_published_whoever_canceled_it() {
    let world = World::new().await;
    let post = doubted(&world, "answer_lost").await;
    assert_eq!(cancel(&world, &post).await.status, 200);
    minutes(&world, 10).await;
    assert_eq!(told(&world.target(&post).await), "published - -");
    assert_eq!(feed(&world, "instagram", "answer_lost").await.len(), 1);
}
