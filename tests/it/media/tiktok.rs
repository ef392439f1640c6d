//! What the agency sees for each account of the sandbox's TikTok.

use chrono::Duration;
use serde_json::{Value, json};
use shared::net::SendError;

use super::{ask, connected, describe, feed, has_a_remedy, publish, sample};
use crate::{
    connect::said,
    publish::settle,
    world::{Browser, World, film_head, way_out},
};

const SOON: Duration = Duration::seconds(30);
const PUBLIC: &str = "PUBLIC_TO_EVERYONE";

fn level(level: &str) -> Value {
    json!({ "platformOptions": { "tiktok": { "privacyLevel": level } } })
}

fn saying(content: &str) -> Value {
    let mut change = level("SELF_ONLY");
    change["content"] = json!(content);
    change
}

#[tokio::test]
async fn the_authorization_url_uses_tiktoks_parameters() {
    let world = World::new().await;
    let client = world.client("Shop").await;
    let link = world.link(&client, &["tiktok"]).await;
    let out = way_out(&Browser::default().press(&world, &format!("{link}/tiktok"), "").await);
    let query: Vec<(String, String)> = out.query_pairs().into_owned().collect();
    let names: Vec<&str> = query.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["client_key", "response_type", "redirect_uri", "scope", "state"]);
    assert_eq!(query[3].1, "user.info.basic,user.info.profile,video.publish,video.upload,video.list");
}

#[tokio::test]
async fn a_declined_permission_that_publishing_needs_is_requested_again() {
    let world = World::new().await;
    let client = world.client("Shop").await;
    let link = world.link(&client, &["tiktok"]).await;
    let page = Browser::default().connect(&world, &link, "tiktok", "partial").await;
    assert_eq!(said(&page), (403, "scopes_missing"));
    assert!(world.accounts(&client).await.is_empty());
}

#[tokio::test]
async fn a_video_is_published_with_its_public_id() {
    let world = World::new().await;
    let place = connected(&world, "tiktok", "demo_shop").await;
    let target = publish(&world, &place, &[&sample("clip.mp4")], level(PUBLIC), Duration::minutes(5)).await;
    assert_eq!(describe(&target), "published - -", "{target}");
    let feed = feed(&world, "tiktok", "demo_shop").await;
    assert_eq!(feed.len(), 1);
    assert_eq!((&feed[0]["id"], &feed[0]["privacyLevel"]), (&target["platformPostId"], &json!(PUBLIC)));
    let id = target["platformPostId"].as_str().unwrap();
    assert!(target["url"].as_str().unwrap().ends_with(&format!("/@demo_shop/video/{id}")), "{target}");
}

#[tokio::test]
async fn a_video_of_25_mib_is_uploaded_in_five_chunks_without_changes() {
    let world = World::new().await;
    let place = connected(&world, "tiktok", "demo_shop").await;
    let mut video: Vec<u8> = (0..25 * 1024 * 1024).map(|n| u8::try_from(n % 253).unwrap()).collect();
    let head = film_head(video.len());
    video[..head.len()].copy_from_slice(&head);
    world.files.put("https://m.test/video.mp4", video.clone());
    let target = publish(&world, &place, &["https://m.test/video.mp4"], level("SELF_ONLY"), Duration::minutes(5)).await;
    assert_eq!(describe(&target), "published - -", "{target}");
    let feed = feed(&world, "tiktok", "demo_shop").await;
    let chunks = feed[0]["media"][0]["chunks"].as_array().unwrap();
    assert_eq!(chunks.len(), 5);
    let mut next = 0;
    for chunk in chunks {
        let (start, end) = (chunk["start"].as_u64().unwrap(), chunk["end"].as_u64().unwrap());
        assert_eq!(start, next);
        let bytes = &video[usize::try_from(start).unwrap()..=usize::try_from(end).unwrap()];
        let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
        assert_eq!(chunk["sha256"], data_encoding::HEXLOWER.encode(digest.as_ref()), "the chunk from {start} on");
        next = end + 1;
    }
    assert_eq!(next, video.len() as u64);
}

/// The last piece ends early, or does not arrive at all: TikTok has nothing complete, so there is no doubt.
#[tokio::test]
async fn a_video_that_does_not_arrive_is_put_off_as_media() {
    for lost in [true, false] {
        let world = World::new().await;
        let place = connected(&world, "tiktok", "demo_shop").await;
        let url = "https://m.test/video.mp4";
        let mut video = vec![7; 3_000_000];
        let head = film_head(video.len());
        video[..head.len()].copy_from_slice(&head);
        world.files.put(url, video);
        world.network.hook(move |request| {
            let range = request.headers().get("range").filter(|_| request.uri() == url)?.to_str().unwrap();
            let answer = http::Response::builder().status(206).header("content-range", "bytes 0-2999999/3000000");
            match range {
                "bytes=0-2999999" if lost => Some(Err(SendError::OutcomeUnknown("the connection broke".into()))),
                "bytes=0-2999999" => Some(Ok(answer.body(vec![7; 1000].into()).unwrap())),
                _ => None,
            }
        });
        let answer = ask(&world, &place, &[url], level("SELF_ONLY")).await;
        world.deliver().await;
        let target = world.target(&answer.data()).await;
        assert_eq!(describe(&target), "scheduled media_unreachable media again", "{target}");
        assert!(target["error"]["message"].as_str().unwrap().contains("media[0] cannot be fetched"), "{target}");
        world.network.unhook();
        settle(&world).await;
        assert_eq!(describe(&world.target(&answer.data()).await), "published - -");
        assert_eq!(feed(&world, "tiktok", "demo_shop").await.len(), 1);
    }
}

#[tokio::test]
async fn several_photos_are_published_as_one_post() {
    let world = World::new().await;
    let place = connected(&world, "tiktok", "demo_shop").await;
    let (one, two) = (sample("photo.jpg"), sample("photo.webp"));
    let target = publish(&world, &place, &[&one, &two], level(PUBLIC), Duration::minutes(5)).await;
    assert_eq!(describe(&target), "published - -", "{target}");
    assert!(target["url"].as_str().unwrap().contains("/photo/"), "{target}");
    let media = &feed(&world, "tiktok", "demo_shop").await[0]["media"];
    assert_eq!((&media[0]["url"], &media[1]["url"]), (&json!(one), &json!(two)));
}

#[tokio::test]
async fn each_sandbox_account_leads_to_its_documented_outcome() {
    let world = World::new().await;
    for (account, level_of, time, expected) in [
        ("busy_shop", PUBLIC, Duration::minutes(5), "published - -"),
        ("private_account", PUBLIC, SOON, "failed privacy_level_not_allowed content"),
        ("token_dead", PUBLIC, SOON, "held reconnect_required auth again"),
        ("spam_risk", PUBLIC, SOON, "scheduled quota_reached quota again"),
        ("banned", PUBLIC, SOON, "failed account_restricted account"),
        ("unaudited", PUBLIC, SOON, "failed app_not_audited platform"),
        ("processing_failed", PUBLIC, SOON, "failed media_refused media"),
        ("rate_limited", "SELF_ONLY", Duration::minutes(3), "published - -"),
        ("short_lived", "SELF_ONLY", SOON, "published - -"),
        ("answer_lost", "SELF_ONLY", Duration::minutes(3), "published - -"),
        ("chunk_lost", "SELF_ONLY", Duration::minutes(3), "published - -"),
        ("server_error", "SELF_ONLY", Duration::minutes(3), "published - -"),
    ] {
        let place = connected(&world, "tiktok", account).await;
        let target = publish(&world, &place, &[&sample("clip.mp4")], level(level_of), time).await;
        assert_eq!(describe(&target), expected, "{account}: {target}");
        let there = feed(&world, "tiktok", account).await.len();
        assert_eq!(
            there,
            usize::from(expected.starts_with("published")),
            "{account}: the reported status agrees with the feed"
        );
    }
}

/// A video is public once TikTok reports its id; until then the API reports it as publishing, never as failed.
#[tokio::test]
async fn slow_moderation_is_waited_for() {
    let world = World::new().await;
    let place = connected(&world, "tiktok", "slow_moderation").await;
    let post = ask(&world, &place, &[&sample("clip.mp4")], level(PUBLIC)).await.data();
    world.deliver().await;
    world.pass(Duration::minutes(2)).await;
    let target = world.target(&post).await;
    assert_eq!(describe(&target), "sending - -", "{target}");
    for _ in 0..180 {
        world.pass(Duration::minutes(1)).await;
        world.tick().await;
        world.deliver().await;
    }
    let feed = feed(&world, "tiktok", "slow_moderation").await;
    let post = world.read(&post).await;
    let published = &post["targets"][0];
    assert_eq!((feed.len(), describe(published)), (1, "published - -".into()));
    assert_eq!(published["platformPostId"], feed[0]["id"]);
}

/// Photos are committed with one call, whose answer has the only id to ask about them by.
#[tokio::test]
async fn photos_whose_answer_was_lost_are_unconfirmed_and_not_sent_again() {
    let world = World::new().await;
    let place = connected(&world, "tiktok", "answer_lost").await;
    let target = publish(&world, &place, &[&sample("photo.jpg")], level("SELF_ONLY"), Duration::hours(2)).await;
    assert_eq!(describe(&target), "unconfirmed outcome_unknown network", "{target}");
    let feed = feed(&world, "tiktok", "answer_lost").await;
    assert_eq!(feed.len(), 1, "sent once");
}

/// Every code of TikTok's table, from the platform's answer to the API's.
#[tokio::test]
async fn each_error_code_reaches_the_agency() {
    let world = World::new().await;
    for (script, expected) in [
        ("init:spam_risk_too_many_posts", "scheduled quota_reached quota again"),
        ("init:reached_active_user_cap", "scheduled usage_capped quota again"),
        ("init:rate_limit_exceeded", "scheduled rate_limited quota again"),
        ("init:spam_risk_user_banned_from_posting", "failed account_restricted account"),
        ("init:spam_risk_too_many_pending_share", "scheduled quota_reached quota again"),
        ("init:spam_risk_text", "failed content_refused content"),
        ("init:privacy_level_option_mismatch", "failed privacy_level_not_allowed content"),
        ("init:url_ownership_unverified", "failed media_url_unverified media"),
        ("init:unaudited_client_can_only_post_to_private_accounts", "failed app_not_audited platform"),
        ("init:invalid_params", "failed content_refused content"),
        ("init:invalid_file_upload", "failed media_format media"),
        ("init:internal_error", "scheduled platform_unreachable network again"),
        ("status:file_format_check_failed", "failed media_format media"),
        ("status:duration_check_failed", "failed media_length media"),
        ("status:frame_rate_check_failed", "failed media_refused media"),
        ("status:picture_size_check_failed", "failed media_dimensions media"),
        ("status:spam_risk_text", "failed content_refused content"),
        ("status:publish_cancelled", "failed not_permitted account"),
        ("status:auth_removed", "failed reconnect_required auth"),
        ("status:video_pull_failed", "failed media_not_processed media"),
        ("status:internal", "failed media_not_processed media"),
    ] {
        // TikTok's limit is six uploads per minute.
        world.pass(Duration::minutes(1)).await;
        let place = connected(&world, "tiktok", "scripted").await;
        let change = saying(&format!("fail:{script}"));
        let target = publish(&world, &place, &[&sample("clip.mp4")], change, SOON).await;
        assert_eq!(describe(&target), expected, "{script}: {target}");
        has_a_remedy(&target);
    }
    assert!(feed(&world, "tiktok", "scripted").await.is_empty());
}

#[tokio::test]
async fn a_code_of_an_ended_authorization_holds_the_post() {
    let world = World::new().await;
    for code in ["access_token_invalid", "scope_not_authorized", "scope_permission_missed"] {
        let place = connected(&world, "tiktok", "scripted").await;
        let target = publish(&world, &place, &[&sample("clip.mp4")], saying(&format!("fail:init:{code}")), SOON).await;
        assert_eq!(describe(&target), "held reconnect_required auth again", "{code}: {target}");
    }
}
