//! After an outage, overdue posts are published late, unless their `publishBefore` has passed.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use crate::{
    publish::{ask_post, calls, now, settle},
    world::World,
};

async fn at(world: &World, client: &str, account: &str, at: DateTime<Utc>, content: &str) -> Value {
    world.post(client, &[account], content, json!({ "type": "at", "scheduledAt": at })).await
}

/// Neither the schedule nor the queue ran for 33 minutes.
#[tokio::test]
async fn after_an_outage_the_first_tick_publishes_every_overdue_post() {
    let world = World::new().await;
    let (client, account) = world.connected("busy_shop").await;
    let begun = world.now();
    for minute in 1..=33 {
        at(&world, &client, &account, begun + Duration::minutes(minute), &format!("Minute {minute}")).await;
    }
    world.lose_messages();
    world.clock.set(begun + Duration::minutes(34));
    world.tick().await;
    world.deliver().await;
    assert_eq!(world.feed("busy_shop").await.len(), 33);
}

/// The schedule ran only once an hour.
#[tokio::test]
async fn a_tick_after_a_pause_announces_the_posts_of_the_missed_ticks() {
    let world = World::new().await;
    let (client, account) = world.connected("busy_shop").await;
    let begun = world.now();
    world.tick().await;
    for minute in 1..=33 {
        at(&world, &client, &account, begun + Duration::minutes(minute), &format!("Minute {minute}")).await;
    }
    world.lose_messages();
    world.clock.set(begun + Duration::minutes(34));
    world.tick().await;
    world.deliver().await;
    assert_eq!(world.feed("busy_shop").await.len(), 33);
}

async fn before(world: &World, client: &str, account: &str, before: DateTime<Utc>) -> Value {
    let answer = ask_post(world, client, account, json!({ "publishBefore": before })).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.data()
}

#[tokio::test]
async fn a_post_whose_publish_before_has_passed_fails_and_is_not_sent() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = before(&world, &client, &account, world.now() + Duration::minutes(10)).await;
    assert_eq!(post["publishBefore"], "2026-07-01T12:10:00Z");
    world.lose_messages();
    world.network.seen();
    world.clock.advance(Duration::minutes(10));
    settle(&world).await;
    let target = world.target(&post).await;
    assert_eq!(target["status"], "failed");
    assert_eq!(target["error"]["code"], "too_late");
    assert_eq!(calls(&world), [0, 0, 0]);
    assert!(world.feed("demo_shop").await.is_empty());
}

#[tokio::test]
async fn a_post_is_published_until_the_last_millisecond_before_publish_before() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = before(&world, &client, &account, world.now() + Duration::minutes(10)).await;
    world.lose_messages();
    world.clock.advance(Duration::minutes(10) - Duration::milliseconds(1));
    settle(&world).await;
    assert_eq!(world.target(&post).await["status"], "published");
}

/// The post was sent in time, so its read-back does not depend on `publishBefore`.
#[tokio::test]
async fn an_unconfirmed_post_is_read_back_after_publish_before() {
    for (account, end, error) in [("answer_lost", "published", ""), ("lost_unposted", "unconfirmed", "outcome_unknown")]
    {
        let world = World::new().await;
        let (client, id) = world.connected(account).await;
        let post = before(&world, &client, &id, world.now() + Duration::seconds(1)).await;
        world.deliver().await;
        assert_eq!(world.target(&post).await["status"], "unconfirmed");
        world.clock.advance(Duration::hours(1));
        settle(&world).await;
        let target = world.target(&post).await;
        assert_eq!(target["status"], end);
        assert_eq!(target["error"]["code"].as_str().unwrap_or_default(), error);
    }
}

#[tokio::test]
async fn a_held_post_whose_publish_before_passes_fails() {
    let world = World::new().await;
    let (client, account) = world.connected("token_dead").await;
    let post = before(&world, &client, &account, world.now() + Duration::minutes(10)).await;
    world.deliver().await;
    assert_eq!(world.target(&post).await["status"], "held");
    settle(&world).await;
    assert_eq!(world.target(&post).await["error"]["code"], "too_late");
    let again = world.post(&client, &[&account], "Without", now()).await;
    assert_eq!(again["targets"][0]["status"], "held");
}
