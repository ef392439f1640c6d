//! The options of posts to Instagram.

use chrono::Duration;
use serde_json::{Value, json};
use shared::net::SendError;

use super::{ask, connected, connected_without, describe, faults, feed, publish, sample};
use crate::{publish::settle, world::World};

const SOON: Duration = Duration::minutes(2);

fn with(options: Value, content: &str) -> Value {
    json!({ "content": content, "platformOptions": { "instagram": options } })
}

/// The requests that wrote a comment.
fn comments(world: &World) -> usize {
    world.network.seen().iter().filter(|call| call.starts_with("POST") && call.contains("/comments")).count()
}

#[tokio::test]
async fn a_story_is_published_as_one() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "demo_shop").await;
    for (n, file) in ["tall.jpg", "clip.mp4"].into_iter().enumerate() {
        let change = with(json!({ "story": true }), "");
        let target = publish(&world, &place, &[&sample(file)], change, SOON).await;
        assert_eq!(describe(&target), "published - -", "{target}");
        let feed = feed(&world, "instagram", "demo_shop").await;
        assert_eq!((feed.len(), &feed[0]["story"]), (n + 1, &json!(true)));
        assert!(target["url"].as_str().unwrap().contains("/stories/demo_shop/"), "{target}");
    }
    let text = ask(&world, &place, &[&sample("tall.jpg")], with(json!({ "story": true }), "Hello")).await;
    assert!(faults(&text)[0].1.contains("text_not_shown"), "{}", text.text);
    let own = json!({ &place.1: { "content": "" } });
    let mut change = with(json!({ "story": true }), "Hello");
    change["overrides"] = own;
    assert_eq!(ask(&world, &place, &[&sample("tall.jpg")], change).await.status, 201, "an override without text");
}

#[tokio::test]
async fn a_reel_has_its_options() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "demo_shop").await;
    let options = json!({
        "coverUrl": sample("photo.jpg"), "thumbOffset": 1500, "shareToFeed": false, "audioName": "A song",
        "collaborators": ["one", "two"], "locationId": "7640348500", "aiGenerated": true,
        "userTags": [{ "username": "three", "x": 0.5, "y": 0.25 }],
    });
    let target = publish(&world, &place, &[&sample("clip.mp4")], with(options.clone(), "Hello"), SOON).await;
    assert_eq!(describe(&target), "published - -", "{target}");
    let expected = json!({
        "coverUrl": sample("photo.jpg"), "thumbOffset": 1500, "shareToFeed": false, "audioName": "A song",
        "collaborators": ["one", "two"], "locationId": "7640348500", "isAiGenerated": true,
        "userTags": [{ "username": "three" }],
    });
    assert_eq!(feed(&world, "instagram", "demo_shop").await[0]["settings"], expected);
    // A picture and a carousel get what they can have.
    for media in [vec![sample("photo.jpg")], vec![sample("photo.jpg"), sample("square.jpg")]] {
        let urls: Vec<&str> = media.iter().map(String::as_str).collect();
        let target = publish(&world, &place, &urls, with(options.clone(), "Hello"), SOON).await;
        assert_eq!(describe(&target), "published - -", "{target}");
    }
}

#[tokio::test]
async fn the_first_comment_is_written_once() {
    let world = World::new().await;
    for (account, there) in [("demo_shop", 1), ("comment_refused", 0), ("comment_lost", 1)] {
        let place = connected(&world, "instagram", account).await;
        let _ = world.network.seen();
        let change = with(json!({ "firstComment": "#one" }), "Hello");
        let target = publish(&world, &place, &[&sample("photo.jpg")], change, Duration::minutes(30)).await;
        assert_eq!(describe(&target), "published - -", "{account}: {target}");
        let feed = feed(&world, "instagram", account).await;
        assert_eq!((feed.len(), feed[0]["comments"].as_array().unwrap().len()), (1, there), "{account}");
        assert_eq!((&target["url"], &target["platformPostId"]), (&feed[0]["permalink"], &feed[0]["id"]), "{account}");
        assert_eq!(comments(&world), 1, "{account}");
        assert_eq!(world.accounts(&place.0).await[0]["status"], "connected", "{account}");
    }
}

#[tokio::test]
async fn a_post_that_was_looked_for_gets_its_comment_too() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "answer_lost").await;
    let change = with(json!({ "firstComment": "#one" }), "Hello");
    let target = publish(&world, &place, &[&sample("photo.jpg")], change, Duration::minutes(5)).await;
    assert_eq!(describe(&target), "published - -", "{target}");
    let feed = feed(&world, "instagram", "answer_lost").await;
    assert_eq!(feed[0]["comments"][0]["text"], "#one");
}

#[tokio::test]
async fn an_account_without_the_permission_for_comments_posts_all_else() {
    let world = World::new().await;
    let withheld = ["instagram_business_manage_comments", "instagram_business_manage_insights"];
    let place = connected_without(&world, "instagram", "demo_shop", &withheld).await;
    let photo = sample("photo.jpg");
    let refused = ask(&world, &place, &[&photo], with(json!({ "firstComment": "#one" }), "Hello")).await;
    assert!(faults(&refused)[0].1.contains("scope_missing"), "{}", refused.text);
    let target = publish(&world, &place, &[&photo], with(json!({}), "Hello"), SOON).await;
    assert_eq!(describe(&target), "published - -", "{target}");
}

#[tokio::test]
async fn a_comment_that_was_not_sent_is_written_later() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "demo_shop").await;
    for failure in [None, Some(4)] {
        world.network.hook(move |request| {
            let unsent = || Err(SendError::NotSent("the network is down".into()));
            let limited = json!({ "error": { "message": "limit", "type": "OAuthException", "code": 4 } }).to_string();
            let refused = || Ok(http::Response::builder().status(403).body(limited.into()).unwrap());
            let comments = request.uri().path().ends_with("/comments");
            comments.then(|| if failure.is_some() { refused() } else { unsent() })
        });
        let change = with(json!({ "firstComment": "#one" }), "Hello");
        let post = ask(&world, &place, &[&sample("photo.jpg")], change).await.data();
        world.deliver().await;
        world.pass(SOON).await;
        assert_eq!(describe(&world.target(&post).await).split(' ').next(), Some("sending"));
        world.network.unhook();
        settle(&world).await;
        assert_eq!(describe(&world.target(&post).await), "published - -");
        let feed = feed(&world, "instagram", "demo_shop").await;
        assert_eq!(feed[0]["comments"].as_array().unwrap().len(), 1, "{failure:?}");
    }
}
