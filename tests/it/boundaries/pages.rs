//! The cost of a page does not depend on its position in the list.

use std::{collections::HashSet, time::Instant};

use chrono::Duration;
use futures_util::{StreamExt, stream};
use serde_json::json;
use shared::{event::Actor, id::PostId, post::Post, store::Origin, testing::Ask};

use crate::{publish::tenant, world::World};

/// The number of posts in the list, from the variable `POSTS`.
#[expect(clippy::disallowed_methods, reason = "lets a developer run this test with more posts")]
fn post_count() -> usize {
    std::env::var("POSTS").map_or(2_000, |posts| posts.parse().unwrap())
}

#[tokio::test]
async fn the_last_page_of_posts_costs_the_same_as_the_first() {
    let world = World::new().await;
    let (client, account) = world.connected("busy_shop").await;
    let draft = world.post(&client, &[&account], "Hello", json!({ "type": "draft" })).await;
    let tenant = tenant(&world);
    let id: PostId = draft["id"].as_str().unwrap().parse().unwrap();
    let draft = world.store.find_post(tenant, id).await.unwrap().unwrap();
    let insert = async |n: usize| {
        let created_at = draft.created_at + Duration::milliseconds(i64::try_from(n).unwrap());
        let post = Post { id: PostId::random(), created_at, ..draft.clone() };
        let origin = Origin { fingerprint: "f".into(), nonce: n.to_string() };
        world.store.insert_post(tenant, &post, &origin, Actor::System).await.unwrap();
    };
    stream::iter(1..post_count()).map(insert).buffer_unordered(32).collect::<Vec<()>>().await;

    let (mut seen, mut cursor, mut pages) = (HashSet::new(), String::new(), Vec::new());
    loop {
        let _ = world.engine.calls();
        let begun = Instant::now();
        let answer = world.ask(Ask::get(&format!("/v1/posts?limit=100{cursor}")).key(&world.key)).await;
        let took = begun.elapsed();
        let page = answer.json();
        let posts = page["data"].as_array().unwrap();
        pages.push((world.engine.calls(), posts.len(), took));
        seen.extend(posts.iter().map(|post| post["id"].as_str().unwrap().to_owned()));
        // New posts are inserted while the list is read.
        insert(post_count() + pages.len()).await;
        match page["page"]["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(
        (seen.len(), pages.len()),
        (post_count(), post_count().div_ceil(100)),
        "each post is listed once, and none that was inserted while reading"
    );
    assert!(pages.iter().all(|(calls, posts, _)| *calls == pages[0].0 && *posts == 100), "{:?}", pages[0]);
    println!(
        "{} pages, each {:?}; the first {:?}, the last {:?}",
        pages.len(),
        pages[0].0,
        pages[0].2,
        pages[pages.len() - 1].2
    );
}
