//! The behaviors of X's test accounts.

use serde_json::json;

use super::{
    SCOPES, World,
    upload::{GIF, JPEG, MP4, state},
};

const ME: &str = "/api.x.com/2/users/me";

#[tokio::test]
async fn token_dead_connects_and_loses_access_when_it_publishes() {
    let world = World::new().await;
    let tokens = world.connect_with("token_dead", SCOPES).await;
    let access = tokens["access_token"].as_str().unwrap();
    let me = world.get_as(access, ME).await;
    assert_eq!(me.json()["data"]["username"], "token_dead");
    assert_eq!(world.tweet(access, "hello").await.unwrap().status, 401);
    assert_eq!(world.get_as(access, ME).await.status, 401);
    let refreshed = world.refresh(tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!(refreshed.status, 400);
    assert_eq!(refreshed.json()["error"], "invalid_grant");
    assert!(world.feed("token_dead").await.is_empty());
}

#[tokio::test]
async fn short_lived_needs_a_refresh_after_a_minute() {
    let world = World::new().await;
    let tokens = world.connect_with("short_lived", SCOPES).await;
    assert_eq!(tokens["expires_in"], 60);
    let access = tokens["access_token"].as_str().unwrap();
    world.pass(59);
    assert_eq!(world.tweet(access, "in time").await.unwrap().status, 201);
    world.pass(1);
    assert_eq!(world.tweet(access, "late").await.unwrap().status, 401);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let fresh = world.refresh(refresh).await.json();
    let access = fresh["access_token"].as_str().unwrap();
    assert_eq!(world.tweet(access, "late").await.unwrap().status, 201);
}

#[tokio::test]
async fn rate_limited_waits_five_seconds_once() {
    let mut world = World::new().await;
    let access = world.connect("rate_limited").await;
    let reset = (world.now().timestamp() + 5).to_string();
    let first = world.tweet(&access, "hello").await.unwrap();
    assert_eq!(first.status, 429);
    assert_eq!(first.header("x-rate-limit-reset"), reset);
    assert_eq!(first.header("x-rate-limit-limit"), "100");
    assert_eq!(first.header("x-rate-limit-remaining"), "0");
    world.pass(4);
    let hasty = world.tweet(&access, "hello").await.unwrap();
    assert_eq!(hasty.status, 429, "the wait is not over");
    assert_eq!(hasty.header("x-rate-limit-reset"), reset);
    world.pass(1);
    assert_eq!(world.tweet(&access, "hello").await.unwrap().status, 201);
    world.restart();
    world.pass(3600);
    assert_eq!(world.tweet(&access, "again").await.unwrap().status, 201);
    assert_eq!(world.feed("rate_limited").await, ["again", "hello"]);
}

#[tokio::test]
async fn answer_lost_has_published() {
    let world = World::new().await;
    let access = world.connect("answer_lost").await;
    assert!(world.tweet(&access, "hello").await.is_none());
    assert_eq!(world.feed("answer_lost").await, ["hello"]);
    let again = world.tweet(&access, "hello").await.unwrap();
    assert_eq!(again.status, 403, "a second attempt is a duplicate");
}

#[tokio::test]
async fn lost_unposted_has_not_published() {
    let world = World::new().await;
    let access = world.connect("lost_unposted").await;
    assert!(world.tweet(&access, "hello").await.is_none());
    assert!(world.tweet(&access, "hello").await.is_none());
    assert!(world.feed("lost_unposted").await.is_empty());
}

#[tokio::test]
async fn server_error_fails_once_and_has_not_published() {
    let mut world = World::new().await;
    let access = world.connect("server_error").await;
    let first = world.tweet(&access, "hello").await.unwrap();
    assert_eq!(first.status, 503);
    assert_eq!(first.json()["title"], "Service Unavailable");
    assert!(world.feed("server_error").await.is_empty());
    world.restart();
    assert_eq!(world.tweet(&access, "hello").await.unwrap().status, 201);
    assert_eq!(world.feed("server_error").await, ["hello"]);
}

#[tokio::test]
async fn suspended_connects_and_may_not_post() {
    let world = World::new().await;
    let access = world.connect("suspended").await;
    assert_eq!(world.get_as(&access, ME).await.status, 200);
    let reply = world.tweet(&access, "hello").await.unwrap();
    assert_eq!(reply.status, 403);
    let problem = reply.json();
    assert_eq!(problem["type"], "https://api.twitter.com/2/problems/user-suspended");
    assert_eq!(problem["detail"], "The user used for authentication is suspended");
    assert!(world.feed("suspended").await.is_empty());
}

#[tokio::test]
async fn lands_late_publishes_forty_seconds_after_the_lost_answer() {
    let mut world = World::new().await;
    let access = world.connect("lands_late").await;
    assert!(world.tweet(&access, "hello").await.is_none());
    world.pass(39);
    let timeline = "/api.x.com/2/users/1500000000000000012/tweets?tweet.fields=created_at";
    assert_eq!(world.get_as(&access, timeline).await.json()["meta"]["result_count"], 0);
    assert!(world.feed("lands_late").await.is_empty() && world.all_posts("x").await.is_empty());
    world.restart();
    world.pass(1);
    assert_eq!(world.feed("lands_late").await, ["hello"]);
    let listed = world.get_as(&access, timeline).await.json();
    assert_eq!(listed["data"][0]["created_at"], "2026-11-21T12:00:40.000Z");
    let page = format!("/x.com/lands_late/status/{}", listed["data"][0]["id"].as_str().unwrap());
    assert_eq!(world.get(&page).await.status, 200);
    assert_eq!(world.tweet(&access, "hello").await.unwrap().status, 403, "a duplicate, now that it is there");
}

#[tokio::test]
async fn lands_late_takes_the_same_text_again_before_the_first_has_landed() {
    let world = World::new().await;
    let access = world.connect("lands_late").await;
    assert!(world.tweet(&access, "hello").await.is_none());
    world.pass(20);
    assert!(world.tweet(&access, "hello").await.is_none());
    world.pass(20);
    assert_eq!(world.feed("lands_late").await, ["hello"]);
    world.pass(20);
    assert_eq!(world.feed("lands_late").await, ["hello", "hello"]);
}

#[tokio::test]
async fn lands_twice_publishes_a_second_post_when_the_request_is_repeated() {
    let world = World::new().await;
    let access = world.connect("lands_twice").await;
    assert!(world.tweet(&access, "hello").await.is_none());
    assert_eq!(world.feed("lands_twice").await, ["hello"]);
    assert!(world.tweet(&access, "hello").await.is_none());
    assert_eq!(world.feed("lands_twice").await, ["hello", "hello"]);
}

#[tokio::test]
async fn no_credits_connects_and_can_neither_post_nor_read() {
    let world = World::new().await;
    let access = world.connect("no_credits").await;
    assert_eq!(world.get_as(&access, ME).await.status, 200);
    let timeline = world.get_as(&access, "/api.x.com/2/users/1500000000000000014/tweets").await;
    for reply in [world.tweet(&access, "hello").await.unwrap(), timeline] {
        assert_eq!(reply.status, 402);
        let problem = reply.json();
        assert_eq!(problem["title"], "CreditsDepleted");
        assert_eq!(problem["type"], "https://api.twitter.com/2/problems/credits");
    }
    assert!(world.feed("no_credits").await.is_empty());
}

#[tokio::test]
async fn never_answers_connects_and_answers_no_post_and_no_timeline() {
    let world = World::new().await;
    let access = world.connect("never_answers").await;
    assert_eq!(world.get_as(&access, ME).await.status, 200);
    let wait = std::time::Duration::from_millis(300);
    let post = tokio::time::timeout(wait, world.tweet(&access, "hello")).await;
    assert!(post.is_err(), "a post is answered");
    let timeline = world.get_as(&access, "/api.x.com/2/users/1500000000000000015/tweets");
    assert!(tokio::time::timeout(wait, timeline).await.is_err(), "the timeline is answered");
    assert!(world.feed("never_answers").await.is_empty());
}

#[tokio::test]
async fn processing_fail_takes_images_and_processes_no_video() {
    let world = World::new().await;
    let access = world.connect("processing_fail").await;
    let image = world.upload(&access, "image/jpeg", JPEG).await;
    assert_eq!(world.post_with(&access, "an image", &[&image]).await.unwrap().status, 201);
    for (media_type, file) in [("image/gif", GIF), ("video/mp4", MP4)] {
        let id = world.upload(&access, media_type, file).await;
        world.pass(4);
        assert_eq!(state(&world.status(&access, &id).await), "in_progress");
        world.pass(1);
        let status = world.status(&access, &id).await;
        assert_eq!(state(&status), "failed");
        let error = &status.json()["data"]["processing_info"]["error"];
        assert_eq!((&error["name"], &error["code"]), (&json!("InvalidMedia"), &json!(1)));
    }
}

#[tokio::test]
async fn slow_processing_takes_ninety_seconds() {
    let world = World::new().await;
    let access = world.connect("slow_processing").await;
    let id = world.upload(&access, "video/mp4", MP4).await;
    world.pass(10);
    let info = world.status(&access, &id).await.json()["data"]["processing_info"].clone();
    assert_eq!(info, json!({ "state": "in_progress", "check_after_secs": 10, "progress_percent": 11 }));
    world.pass(79);
    assert_eq!(state(&world.status(&access, &id).await), "in_progress");
    world.pass(1);
    assert_eq!(state(&world.status(&access, &id).await), "succeeded");
}

#[tokio::test]
async fn media_gone_loses_the_first_upload() {
    let world = World::new().await;
    let access = world.connect("media_gone").await;
    let first = world.upload(&access, "image/jpeg", JPEG).await;
    assert_eq!(world.post_with(&access, "a", &[&first]).await.unwrap().status, 400);
    assert_eq!(world.status(&access, &first).await.status, 400);
    let second = world.upload(&access, "image/jpeg", JPEG).await;
    assert_eq!(world.post_with(&access, "a", &[&second]).await.unwrap().status, 201);
}

#[tokio::test]
async fn chunk_lost_stores_the_segment_whose_answer_is_lost() {
    let world = World::new().await;
    let access = world.connect("chunk_lost").await;
    let id = world.initialize(&access, "image/jpeg", JPEG.len()).await;
    assert!(world.append(&access, &id, 0, JPEG).await.is_none());
    assert_eq!(world.append(&access, &id, 0, JPEG).await.unwrap().status, 200);
    assert_eq!(world.finalize(&access, &id).await.status, 200);
}

#[tokio::test]
async fn daily_limit_names_the_end_of_its_day_in_a_header_of_its_own() {
    let world = World::new().await;
    let reset = (world.now().timestamp() + 6 * 3600).to_string();
    for passes in [6 * 3600 - 1, 1] {
        let access = world.connect("daily_limit").await;
        let refused = world.tweet(&access, "hello").await.unwrap();
        assert_eq!(refused.status, 429);
        assert_eq!(refused.header("x-user-limit-24hour-reset"), reset);
        assert_eq!(refused.header("x-user-limit-24hour-remaining"), "0");
        assert_ne!(refused.header("x-rate-limit-remaining"), "0");
        world.pass(passes);
    }
    let access = world.connect("daily_limit").await;
    assert_eq!(world.tweet(&access, "hello").await.unwrap().status, 201);
}

#[tokio::test]
async fn a_blocked_link_is_an_invalid_url() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let refused = world.tweet(&access, "see blocked.example.com/a").await.unwrap();
    assert_eq!(refused.status, 403);
    assert_eq!(refused.json()["detail"], "The Tweet contains an invalid URL.");
}
