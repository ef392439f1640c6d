//! More due posts than fit into one shard or one page of the due index.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use chrono::Duration;
use shared::{queue::Queue, store::keys::DUE_SHARDS};

use crate::{
    publish::{now, tenant},
    world::World,
};

/// More entries than a page of the index (1 MB) has.
const POSTS: usize = 12_000;

#[tokio::test]
async fn a_tick_reads_every_shard() {
    let world = World::new().await;
    let (client, account) = world.connected("busy_shop").await;
    let mut posts = BTreeSet::new();
    for n in 0..64 {
        let post = world.post(&client, &[&account], &format!("Post {n}"), now()).await;
        posts.insert(post["id"].as_str().unwrap().to_owned());
    }
    world.lose_messages();
    for shard in 0..DUE_SHARDS {
        let page = world.store.due(shard, world.now(), None).await.unwrap();
        assert!(!page.due.is_empty(), "the posts are spread over all shards");
    }
    world.tick().await;
    let announced: BTreeSet<_> = world.waiting().into_iter().map(|(_, message)| message.post_id.to_string()).collect();
    assert_eq!(announced, posts);
}

#[tokio::test]
async fn a_tick_reads_every_page() {
    let world = World::new().await;
    let at = world.now() + Duration::minutes(1);
    world.engine.put_due(tenant(&world), (0..POSTS).map(|_| (0, at))).await;
    let page = world.store.due(0, at, None).await.unwrap();
    assert!(page.next.is_some() && page.due.len() < POSTS, "{} are more than a page", page.due.len());
    world.tick().await;
    let announced: BTreeSet<_> = world.waiting().into_iter().map(|(_, message)| message.post_id).collect();
    assert_eq!(announced.len(), POSTS);
    assert_eq!(world.waiting().len(), POSTS, "each once");
}

/// A queue that takes a millisecond for each message.
#[tokio::test]
async fn a_delay_counts_from_when_its_message_is_sent() {
    let world = World::new().await;
    let at = world.now() + Duration::minutes(2);
    world.engine.put_due(tenant(&world), (0..POSTS).map(|_| (0, at))).await;
    let (clock, arrivals) = (world.clock.clone(), Arc::<Mutex<Vec<_>>>::default());
    let queue = Queue::InProcess({
        let arrivals = Arc::clone(&arrivals);
        Arc::new(move |_, delay| {
            arrivals.lock().unwrap().push(clock.clock().now() + Duration::from_std(delay).unwrap());
            clock.advance(Duration::milliseconds(1));
        })
    });
    let deps = dispatch_due::Deps {
        store: world.store.clone(),
        queue,
        clock: world.clock.clock(),
        function_name: "test".into(),
    };
    dispatch_due::handle(&deps).await.unwrap();
    let latest = arrivals.lock().unwrap().iter().max().copied().unwrap();
    assert!(arrivals.lock().unwrap().len() == POSTS && latest - at < Duration::seconds(1), "{latest}");
}
