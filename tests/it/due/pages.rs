//! More due posts than fit into one shard or one page of the due index.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use chrono::Duration;
use futures_util::future::join_all;
use shared::{id::PostId, store::keys::DUE_SHARDS};

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
        let (due, _) = world.store.due(shard, world.now(), None).await.unwrap();
        assert!(!due.is_empty(), "the posts are spread over all shards");
    }
    world.tick().await;
    let announced: BTreeSet<_> = world.waiting().into_iter().map(|(_, message)| message.post_id.to_string()).collect();
    assert_eq!(announced, posts);
}

#[tokio::test]
async fn a_tick_reads_every_page() {
    let world = World::new().await;
    let at = world.now() + Duration::minutes(1);
    let requests: Vec<_> = (0..POSTS)
        .map(|_| {
            let text = |text: String| AttributeValue::S(text);
            let item = HashMap::from([
                ("pk".to_owned(), text(format!("T#{}#POST#{}", tenant(&world), PostId::random()))),
                ("sk".to_owned(), text("POST".into())),
                ("due_shard".to_owned(), text("DUE#0".into())),
                ("due_at".to_owned(), AttributeValue::N(at.timestamp_millis().to_string())),
            ]);
            let put = PutRequest::builder().set_item(Some(item)).build().unwrap();
            WriteRequest::builder().put_request(put).build()
        })
        .collect();
    let batches = requests.chunks(25).map(|batch| {
        let items = HashMap::from([("main".to_owned(), batch.to_vec())]);
        world.engine.client.batch_write_item().set_request_items(Some(items)).send()
    });
    for answer in join_all(batches).await {
        assert!(answer.unwrap().unprocessed_items.unwrap_or_default().is_empty());
    }
    let (page, next) = world.store.due(0, at, None).await.unwrap();
    assert!(next.is_some() && page.len() < POSTS, "{} are more than a page", page.len());
    world.tick().await;
    let announced: BTreeSet<_> = world.waiting().into_iter().map(|(_, message)| message.post_id).collect();
    assert_eq!(announced.len(), POSTS);
    assert_eq!(world.waiting().len(), POSTS, "each once");
}
