//! Many posts that are due in the same second.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use futures_util::{StreamExt, stream};
use serde_json::json;
use shared::queue::Message;

use super::next_due;
use crate::world::World;

const POSTS: usize = 500;
/// How many posts are worked on at once.
const AT_ONCE: usize = 16;

#[tokio::test]
async fn five_hundred_posts_due_in_one_second_are_each_on_the_feed_once() {
    let world = World::new().await;
    let (client, account) = world.connected("busy_shop").await;
    let at = world.now() + Duration::minutes(2);
    let schedule = json!({ "type": "at", "scheduledAt": at });
    let posts: Vec<_> = stream::iter(0..POSTS)
        .map(|n| {
            let (world, client, account, schedule) = (&world, &client, &account, schedule.clone());
            async move { world.post(client, &[account], &format!("Post {n}"), schedule).await }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;

    // Announced by their creation, and again by the tick.
    world.tick().await;
    world.clock.set(at);
    let messages = world.waiting();
    assert_eq!(messages.len(), 2 * POSTS);
    assert!(messages.iter().all(|(due, _)| *due == at));
    take_all(&world, messages).await;
    // Two workers that open a post at the same time may both announce its target.
    let messages = world.waiting();
    let announced: BTreeSet<_> = messages.iter().map(|(_, message)| message.post_id).collect();
    assert_eq!(announced.len(), POSTS);
    assert!(messages.iter().all(|(_, message)| message.target.is_some()));
    take_all(&world, [messages.clone(), messages].concat()).await;

    let feed = world.feed("busy_shop").await;
    assert_eq!(feed.len(), POSTS);
    assert_eq!(feed.iter().collect::<BTreeSet<_>>().len(), POSTS);
    for post in &posts {
        assert_eq!(world.target(post).await["status"], "published");
    }
    assert_eq!(world.now(), at, "no worker waited");
    assert_eq!(next_due(&world).await, None);
    assert!(world.waiting().is_empty());
}

/// Delivers messages side by side.
async fn take_all(world: &World, messages: Vec<(DateTime<Utc>, Message)>) {
    world.lose_messages();
    stream::iter(messages).for_each_concurrent(AT_ONCE, |(_, message)| world.take(message)).await;
}
