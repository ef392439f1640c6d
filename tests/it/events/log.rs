//! Events of posts and targets, and the pages of the log.

use chrono::Duration;
use serde_json::{Value, json};
use shared::testing::Ask;

use super::{events, page, types};
use crate::{
    posts::{cancel, edit, retry},
    publish::{now, settle},
    world::{Browser, World},
};

fn at(world: &World) -> Value {
    json!({ "type": "at", "scheduledAt": world.now() + Duration::hours(1) })
}

/// Two accounts of one client.
async fn two(world: &World, handles: [&str; 2]) -> (String, Vec<String>) {
    let (client, first) = world.connected(handles[0]).await;
    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(world, &link, handles[1]).await;
    let accounts = world.accounts(&client).await;
    let second = accounts.iter().find(|account| account["handle"] == handles[1]).unwrap();
    (client, vec![first, second["id"].as_str().unwrap().to_owned()])
}

#[tokio::test]
async fn a_published_post_has_one_event_of_each_end() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Hello", now()).await;
    world.clock.advance(Duration::seconds(1));
    world.deliver().await;
    let published = world.target(&post).await;
    let events = events(&world).await;
    assert_eq!(types(&events), ["post.created", "target.published", "post.published"]);
    let [created, target, whole] = &events[..] else { unreachable!() };
    assert_eq!(created["actor"]["type"], "key");
    assert_eq!(created["data"], json!({ "postId": post["id"], "status": "scheduled" }));
    assert_eq!((&target["actor"], &target["clientId"]), (&json!({ "type": "system" }), &json!(client)));
    assert_eq!(target["data"]["url"], published["url"]);
    assert_eq!(target["data"]["platformPostId"], published["platformPostId"]);
    assert_eq!(target["data"]["accountId"], json!(account));
    assert!(target["data"]["publishedAt"].is_string());
    assert_eq!(whole["data"], json!({ "postId": post["id"], "status": "published" }));
    let ids: std::collections::BTreeSet<_> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn a_post_that_fails_on_one_of_two_accounts_is_published_partially() {
    let world = World::new().await;
    let (client, ids) = two(&world, ["demo_shop", "suspended"]).await;
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let post = world.post(&client, &ids, "Half", now()).await;
    world.deliver().await;
    assert_eq!(world.read(&post).await["status"], "partially_published");
    let events = events(&world).await;
    let mut seen = types(&events);
    seen.sort_unstable();
    assert_eq!(seen, ["post.created", "post.partially_published", "target.failed", "target.published"]);
    let failed = events.iter().find(|event| event["type"] == "target.failed").unwrap();
    assert_eq!(failed["data"]["error"]["code"], "account_suspended");
    assert!(failed["data"]["error"]["message"].is_string());
}

#[tokio::test]
async fn a_retry_and_a_cancel_have_their_events() {
    let world = World::new().await;
    let (client, account) = world.connected("suspended").await;
    let post = world.post(&client, &[&account], "Again", now()).await;
    world.clock.advance(Duration::seconds(1));
    world.deliver().await;
    world.clock.advance(Duration::seconds(1));
    retry(&world, &post, "r").await;
    world.deliver().await;
    let failed_twice = ["post.created", "target.failed", "post.failed", "target.failed", "post.failed"];
    assert_eq!(types(&events(&world).await), failed_twice);

    let later = world.post(&client, &[&account], "Never", at(&world)).await;
    world.clock.advance(Duration::seconds(1));
    assert_eq!(edit(&world, &later, json!({ "content": "Changed" })).await.status, 200);
    world.clock.advance(Duration::seconds(1));
    assert_eq!(cancel(&world, &later).await.status, 200);
    let events = events(&world).await;
    assert_eq!(types(&events)[5..], ["post.created", "post.updated", "post.canceled"]);
    assert_eq!(events[6]["data"]["changed"], json!(["content"]));
    assert_eq!(events[6]["data"]["scheduledAt"], later["schedule"]["scheduledAt"]);
    assert_eq!(events[7]["actor"]["type"], "key");
}

#[tokio::test]
async fn a_held_target_needs_attention_once_and_its_cancel_is_told() {
    let world = World::new().await;
    let (client, ids) = two(&world, ["token_dead", "rate_limited"]).await;
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let post = world.post(&client, &ids, "Held", now()).await;
    world.clock.advance(Duration::seconds(1));
    world.deliver().await;
    assert_eq!(types(&events(&world).await), ["post.created", "target.held", "post.needs_attention"]);
    assert_eq!(cancel(&world, &post).await.status, 200);
    settle(&world).await;
    let events = events(&world).await;
    assert_eq!(types(&events)[3..], ["post.canceled"]);
    assert_eq!(events[3]["actor"]["type"], "key");
}

#[tokio::test]
async fn a_resolved_target_is_told_as_resolved() {
    let world = World::new().await;
    let (client, account) = world.connected("lost_unposted").await;
    let post = world.post(&client, &[&account], "Lost", now()).await;
    world.clock.advance(Duration::seconds(1));
    world.deliver().await;
    settle(&world).await;
    let path = format!("/v1/posts/{}/targets/{account}/resolve", post["id"].as_str().unwrap());
    let ask = Ask::post(&path, &json!({ "as": "not_published" })).idempotency_key("r").key(&world.key);
    assert_eq!(world.ask(ask).await.status, 200);
    world.clock.advance(Duration::seconds(1));
    world.deliver().await;
    let events = events(&world).await;
    let end = ["target.unconfirmed", "post.needs_attention", "target.resolved", "post.failed"];
    assert_eq!(types(&events)[1..], end);
    assert_eq!(events[3]["data"]["status"], "failed");
    assert_eq!(events[3]["actor"]["type"], "key");
}

#[tokio::test]
async fn a_reader_goes_from_cursor_to_cursor_and_misses_nothing() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let mut cursor = page(&world, "").await["page"]["nextCursor"].as_str().unwrap().to_owned();
    let mut seen = Vec::new();
    for n in 0..12 {
        if n < 4 {
            world.post(&client, &[&account], &format!("Post {n}"), now()).await;
            world.deliver().await;
        }
        world.clock.advance(Duration::seconds(9));
        // One event a page, so that pages end within what one write made.
        for limit in [1, 2, 1] {
            let page = page(&world, &format!("?limit={limit}&cursor={cursor}")).await;
            let events = page["data"].as_array().unwrap();
            assert!(events.len() <= limit);
            seen.extend(events.iter().map(|event| event["id"].as_str().unwrap().to_owned()));
            page["page"]["nextCursor"].as_str().unwrap().clone_into(&mut cursor);
        }
    }
    let all: Vec<_> = events(&world).await.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!((all.len(), seen), (12, all));
}

#[tokio::test]
async fn the_last_thirty_seconds_are_not_read_yet() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    world.post(&client, &[&account], "Soon", at(&world)).await;
    world.clock.advance(Duration::seconds(29));
    assert_eq!(page(&world, "").await["data"], json!([]));
    world.clock.advance(Duration::seconds(2));
    let page = page(&world, "").await;
    assert_eq!(types(page["data"].as_array().unwrap()), ["post.created"]);
    assert_eq!(page["page"]["hasMore"], false);
}

#[tokio::test]
async fn types_since_and_client_choose_events() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let (other, second) = world.connected("suspended").await;
    let began = world.now();
    world.post(&client, &[&account], "One", now()).await;
    world.deliver().await;
    world.clock.advance(Duration::minutes(1));
    let second_at = world.now();
    world.post(&other, &[&second], "Two", now()).await;
    world.clock.advance(Duration::seconds(1));
    world.deliver().await;
    world.clock.advance(Duration::minutes(1));
    let of = async |query: String| {
        let page = page(&world, &query).await;
        types(page["data"].as_array().unwrap()).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(of("?types=target.*".into()).await, ["target.published", "target.failed"]);
    assert_eq!(
        of("?types=post.failed,post.created&limit=2&since=2026-07-01T12:00:30Z".into()).await,
        ["post.created", "post.failed"],
        "a limit counts what is chosen"
    );
    assert_eq!(of(format!("?clientId={other}")).await, ["post.created", "target.failed", "post.failed"]);
    let since = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    assert_eq!(of(format!("?since={}&types=post.created", since(began))).await.len(), 2);
    assert_eq!(of(format!("?since={}&types=post.created", since(second_at))).await.len(), 1);
    for query in ["?types=post", "?types=", "?since=yesterday", "?limit=0", "?kind=post"] {
        let refused = world.ask(Ask::get(&format!("/v1/events{query}")).key(&world.key)).await;
        assert_eq!(refused.status, 422, "{query}: {}", refused.text);
    }
    let unknown = world.ask(Ask::get("/v1/events?clientId=cl_aaaaaaaaaaaaaaaaaaaaaaaaaa").key(&world.key)).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn a_cursor_lives_as_long_as_the_log_and_a_quiet_log_keeps_it_young() {
    let world = World::new().await;
    let next = async |cursor: &str| {
        let query = if cursor.is_empty() { String::new() } else { format!("?cursor={cursor}") };
        world.ask(Ask::get(&format!("/v1/events{query}")).key(&world.key)).await
    };
    let old = next("").await.json()["page"]["nextCursor"].as_str().unwrap().to_owned();
    let mut cursor = old.clone();
    for _ in 0..3 {
        world.clock.advance(Duration::days(20));
        let page = next(&cursor).await;
        assert_eq!(page.status, 200, "{}", page.text);
        page.json()["page"]["nextCursor"].as_str().unwrap().clone_into(&mut cursor);
    }
    let expired = next(&old).await;
    assert_eq!((expired.status.as_u16(), expired.code().as_str()), (400, "cursor_expired"));
}
