//! The clock is the truth, the queue a hint: early, late, twice or never, a message changes nothing but the moment.

mod outage;
mod pages;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use crate::{
    publish::{calls, message, minutes, now},
    world::World,
};

/// A world with a good account and a post that is due in so long.
async fn due_in(wait: Duration) -> (World, Value, DateTime<Utc>) {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let at = world.now() + wait;
    let post = world.post(&client, &[&account], "Due", json!({ "type": "at", "scheduledAt": at })).await;
    world.network.seen();
    (world, post, at)
}

#[tokio::test]
async fn a_message_up_to_five_seconds_early_is_waited_out() {
    for early in [1, 1000, 5000] {
        let (world, post, at) = due_in(Duration::minutes(10)).await;
        world.clock.set(at - Duration::milliseconds(early));
        world.publish(publish_post::handle(&world.functions.publish_post, message(&world, &post))).await.unwrap();
        assert_eq!(world.now(), at, "it waited, and no longer than it had to");
        assert_eq!(world.feed("demo_shop").await, ["Due"]);
    }
}

#[tokio::test]
async fn an_earlier_message_is_dropped_and_the_clock_finds_the_post() {
    let (world, post, at) = due_in(Duration::minutes(10)).await;
    world.clock.set(at - Duration::milliseconds(5001));
    world.publish(publish_post::handle(&world.functions.publish_post, message(&world, &post))).await.unwrap();
    assert_eq!(world.now(), at - Duration::milliseconds(5001), "nobody waited");
    assert_eq!(calls(&world), [0, 0, 0]);
    world.tick().await;
    assert_eq!(world.waiting(), [(at, message(&world, &post))]);
    world.clock.set(at);
    world.deliver().await;
    assert_eq!(world.feed("demo_shop").await, ["Due"]);
}

#[tokio::test]
async fn announced_again_and_again_it_is_published_once() {
    let (world, post, at) = due_in(Duration::minutes(2)).await;
    for _ in 0..5 {
        world.tick().await;
    }
    assert_eq!(world.waiting().len(), 6, "by its creation, and by each tick");
    world.clock.set(at);
    world.deliver().await;
    minutes(&world, 5).await;
    assert_eq!(calls(&world), [1, 0, 0]);
    assert_eq!(world.target(&post).await["status"], "published");
    assert!(world.waiting().is_empty(), "what is published is not announced");
}

#[tokio::test]
async fn a_lost_message_is_found_by_the_next_tick() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Lost", now()).await;
    assert_eq!(world.waiting(), [(world.now(), message(&world, &post))], "what is due now is announced at once");
    world.lose_messages();
    world.clock.advance(Duration::seconds(59));
    world.tick().await;
    world.deliver().await;
    assert_eq!(world.target(&post).await["status"], "published");
}

#[tokio::test]
async fn creation_announces_what_is_due_within_three_minutes() {
    for (wait, announced) in [(Duration::minutes(3), true), (Duration::milliseconds(180_001), false)] {
        let (world, post, at) = due_in(wait).await;
        let expected: Vec<_> = announced.then(|| (at, message(&world, &post))).into_iter().collect();
        assert_eq!(world.waiting(), expected);
    }
}

#[tokio::test]
async fn a_tick_announces_what_is_due_within_150_seconds_and_for_its_second() {
    for (wait, announced) in [(Duration::seconds(150), true), (Duration::milliseconds(150_001), false)] {
        let (world, post, at) = due_in(wait).await;
        world.lose_messages();
        world.tick().await;
        let expected: Vec<_> = announced.then(|| (at, message(&world, &post))).into_iter().collect();
        assert_eq!(world.waiting(), expected);
    }
}

/// So that a backlog does not fill the queue again and again.
#[tokio::test]
async fn what_is_overdue_is_announced_at_growing_intervals() {
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

#[tokio::test]
async fn work_that_is_claimed_comes_back_when_its_lease_is_over() {
    let (world, post, at) = due_in(Duration::minutes(1)).await;
    world.lose_messages();
    world.clock.set(at);
    let lease = at + Duration::seconds(60);
    let tenant = crate::publish::tenant(&world);
    world.store.claim_post(tenant, message(&world, &post).post_id, at, lease).await.unwrap();
    world.tick().await;
    assert_eq!(world.waiting(), [(lease, message(&world, &post))], "a dead worker's post");
    world.clock.set(lease);
    world.deliver().await;
    assert_eq!(world.target(&post).await["status"], "published");
}

#[tokio::test]
async fn a_tick_says_how_long_the_oldest_post_is_overdue() {
    let (world, _, at) = due_in(Duration::minutes(10)).await;
    world.clock.set(at);
    assert_eq!(world.tick().await, Duration::zero());
    world.clock.advance(Duration::seconds(90));
    assert_eq!(world.tick().await, Duration::seconds(90));
    world.deliver().await;
    assert_eq!(world.tick().await, Duration::zero(), "it is done");
}
