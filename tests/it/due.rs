//! The due index decides when a post is published; queue messages only make it faster. A message that is early, late,
//! duplicated or lost changes at most the moment.

mod once;
mod outage;
mod pages;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use crate::{
    publish::{calls, claim, message, minutes, now, opened},
    world::World,
};

/// A world with a connected account and a post that is due after `wait`.
async fn due_in(wait: Duration) -> (World, Value, DateTime<Utc>) {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let at = world.now() + wait;
    let post = world.post(&client, &[&account], "Due", json!({ "type": "at", "scheduledAt": at })).await;
    world.network.seen();
    (world, post, at)
}

#[tokio::test]
async fn a_worker_waits_for_a_post_due_within_five_seconds() {
    for early in [1, 1000, 5000] {
        let (world, post, at) = due_in(Duration::minutes(10)).await;
        world.clock.set(at - Duration::milliseconds(early));
        world.take(message(&world, &post)).await;
        assert_eq!(world.now(), at, "it waited until the post was due");
        world.deliver().await;
        assert_eq!(world.feed("demo_shop").await, ["Due"]);
    }
}

#[tokio::test]
async fn an_earlier_message_is_dropped_and_the_schedule_finds_the_post() {
    let (world, post, at) = due_in(Duration::minutes(10)).await;
    world.clock.set(at - Duration::milliseconds(5001));
    world.take(message(&world, &post)).await;
    assert_eq!(world.now(), at - Duration::milliseconds(5001), "nothing waited");
    assert_eq!(calls(&world), [0, 0, 0]);
    world.tick().await;
    assert_eq!(world.waiting(), [(at, message(&world, &post))]);
    world.clock.set(at);
    world.deliver().await;
    assert_eq!(world.feed("demo_shop").await, ["Due"]);
}

#[tokio::test]
async fn a_post_announced_many_times_is_published_once() {
    let (world, post, at) = due_in(Duration::minutes(2)).await;
    for _ in 0..5 {
        world.tick().await;
    }
    assert_eq!(world.waiting().len(), 2, "announced by its creation and by the first tick that sees it");
    for _ in 0..4 {
        let message = message(&world, &post);
        world.functions.dispatch_due.queue.send(message, (at - world.now()).to_std().unwrap()).await.unwrap();
    }
    world.clock.set(at);
    world.deliver().await;
    minutes(&world, 5).await;
    assert_eq!(calls(&world), [1, 0, 0]);
    assert_eq!(world.target(&post).await["status"], "published");
    assert!(world.waiting().is_empty(), "a published post is not announced");
}

#[tokio::test]
async fn a_lost_message_is_found_by_the_next_tick() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Lost", now()).await;
    assert_eq!(world.waiting(), [(world.now(), message(&world, &post))], "a post that is due now is announced at once");
    world.lose_messages();
    world.clock.advance(Duration::seconds(59));
    world.tick().await;
    world.deliver().await;
    assert_eq!(world.target(&post).await["status"], "published");
}

#[tokio::test]
async fn creation_announces_a_post_due_within_three_minutes() {
    for (wait, announced) in [(Duration::minutes(3), true), (Duration::milliseconds(180_001), false)] {
        let (world, post, at) = due_in(wait).await;
        let expected: Vec<_> = announced.then(|| (at, message(&world, &post))).into_iter().collect();
        assert_eq!(world.waiting(), expected);
    }
}

#[tokio::test]
async fn a_tick_announces_posts_due_within_150_seconds_for_their_second() {
    for (wait, announced) in [(Duration::seconds(150), true), (Duration::milliseconds(150_001), false)] {
        let (world, post, at) = due_in(wait).await;
        world.lose_messages();
        world.tick().await;
        let expected: Vec<_> = announced.then(|| (at, message(&world, &post))).into_iter().collect();
        assert_eq!(world.waiting(), expected);
    }
}

/// A backlog would otherwise fill the queue with duplicates.
#[tokio::test]
async fn an_overdue_post_is_announced_at_growing_intervals() {
    let (world, _, at) = due_in(Duration::minutes(2)).await;
    world.lose_messages();
    let mut announced = Vec::new();
    world.clock.set(at);
    for minute in 0..=130 {
        world.clock.set(at + Duration::minutes(minute));
        world.tick().await;
        if !world.waiting().is_empty() {
            announced.push(minute);
        }
        world.lose_messages();
    }
    assert_eq!(announced, [0, 1, 2, 4, 8, 16, 32, 60, 64, 120, 128]);
}

/// Clocks may differ, so a target is taken over ten seconds after its lease ends.
#[tokio::test]
async fn a_claimed_target_is_due_again_after_its_lease() {
    let (world, post, at) = due_in(Duration::minutes(1)).await;
    world.lose_messages();
    world.clock.set(at);
    let message = opened(&world, &post).await;
    let over = at + Duration::seconds(70);
    claim(&world, message, Duration::seconds(60)).await;
    world.tick().await;
    assert_eq!(world.waiting(), [(over, message)], "the target of a killed worker");
    world.clock.set(over);
    world.deliver().await;
    assert_eq!(world.target(&post).await["status"], "published");
}

#[tokio::test]
async fn a_tick_reports_how_long_the_oldest_post_is_overdue() {
    let (world, _, at) = due_in(Duration::minutes(10)).await;
    world.clock.set(at);
    assert_eq!(world.tick().await, Duration::zero());
    world.clock.advance(Duration::seconds(90));
    assert_eq!(world.tick().await, Duration::seconds(90));
    world.deliver().await;
    assert_eq!(world.tick().await, Duration::zero(), "nothing is overdue after publishing");
}
