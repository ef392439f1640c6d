//! The options of posts to TikTok.

use chrono::Duration;
use serde_json::{Value, json};

use super::{ask, connected, connected_without, describe, faults, feed, publish, sample};
use crate::world::World;

const SOON: Duration = Duration::minutes(2);

fn with(options: Value, content: &str) -> Value {
    json!({ "content": content, "platformOptions": { "tiktok": options } })
}

#[tokio::test]
async fn a_draft_goes_to_the_inbox_without_a_privacy_level() {
    let world = World::new().await;
    let place = connected(&world, "tiktok", "demo_shop").await;
    let draft = json!({ "draft": true });
    let video = publish(&world, &place, &[&sample("clip.mp4")], with(draft.clone(), ""), SOON).await;
    assert_eq!(describe(&video), "published - -", "{video}");
    assert_eq!((video.get("url"), video.get("platformPostId")), (None, None), "{video}");
    let photos = publish(&world, &place, &[&sample("photo.jpg")], with(draft, "A text"), SOON).await;
    assert_eq!(describe(&photos), "published - -", "{photos}");
    assert!(feed(&world, "tiktok", "demo_shop").await.is_empty(), "the creator has not posted them");
    assert!(!world.network.seen().iter().any(|call| call.contains("creator_info")), "a draft has no settings");
}

#[tokio::test]
async fn a_sixth_draft_of_a_day_waits() {
    let world = World::new().await;
    let place = connected(&world, "tiktok", "demo_shop").await;
    for n in 1..=6 {
        let change = with(json!({ "draft": true }), "A text");
        let target = publish(&world, &place, &[&sample("photo.jpg")], change, SOON).await;
        let expected = if n <= 5 { "published - -" } else { "scheduled quota_reached quota again" };
        assert_eq!(describe(&target), expected, "{n}: {target}");
    }
}

#[tokio::test]
async fn an_account_without_the_scope_of_drafts_posts_all_else() {
    let world = World::new().await;
    let place = connected_without(&world, "tiktok", "demo_shop", &["video.upload", "video.list"]).await;
    let clip = sample("clip.mp4");
    let refused = ask(&world, &place, &[&clip], with(json!({ "draft": true }), "")).await;
    assert!(faults(&refused)[0].1.contains("scope_missing"), "{}", refused.text);
    let options = json!({ "privacyLevel": "SELF_ONLY", "draft": false });
    let target = publish(&world, &place, &[&clip], with(options, "Hello"), SOON).await;
    assert_eq!(describe(&target), "published - -", "{target}");
}

#[tokio::test]
async fn an_app_that_is_too_old_for_drafts_is_told() {
    let world = World::new().await;
    let place = connected(&world, "tiktok", "old_app").await;
    let change = with(json!({ "draft": true }), "");
    let target = publish(&world, &place, &[&sample("clip.mp4")], change, SOON).await;
    assert_eq!(describe(&target), "failed not_permitted account", "{target}");
}

#[tokio::test]
async fn interactions_are_off_unless_they_are_chosen() {
    let world = World::new().await;
    let place = connected(&world, "tiktok", "demo_shop").await;
    let clip = sample("clip.mp4");
    let settings = async |options: Value| {
        let target = publish(&world, &place, &[&clip], with(options, "Hello"), SOON).await;
        assert_eq!(describe(&target), "published - -", "{target}");
        feed(&world, "tiktok", "demo_shop").await[0]["settings"].clone()
    };
    let off = settings(json!({ "privacyLevel": "SELF_ONLY" })).await;
    for name in ["disableComment", "disableDuet", "disableStitch"] {
        assert_eq!(off[name], true, "{off}");
    }
    let on = settings(json!({
        "privacyLevel": "PUBLIC_TO_EVERYONE", "allowComment": true, "allowDuet": true, "allowStitch": true,
        "brandContent": true, "brandOrganic": true, "aiGenerated": true, "coverTimestamp": 1500,
    }))
    .await;
    let expected = json!({
        "disableComment": false, "disableDuet": false, "disableStitch": false, "brandContent": true,
        "brandOrganic": true, "aiGenerated": true, "addMusic": false, "cover": 1500,
    });
    assert_eq!(on, expected);
}

#[tokio::test]
async fn photos_have_a_title_a_cover_and_music() {
    let world = World::new().await;
    let place = connected(&world, "tiktok", "demo_shop").await;
    let options = json!({ "privacyLevel": "SELF_ONLY", "title": "A title", "photoCover": 1, "autoAddMusic": true });
    let media = [sample("photo.jpg"), sample("photo.webp")];
    let target = publish(&world, &place, &[&media[0], &media[1]], with(options, "A text"), SOON).await;
    assert_eq!(describe(&target), "published - -", "{target}");
    let post = feed(&world, "tiktok", "demo_shop").await.remove(0);
    assert_eq!((&post["title"], &post["text"]), (&json!("A title"), &json!("A text")));
    assert_eq!((&post["settings"]["cover"], &post["settings"]["addMusic"]), (&json!(1), &json!(true)));
}

#[tokio::test]
async fn what_excludes_itself_is_refused_when_the_post_is_created() {
    let world = World::new().await;
    let place = connected(&world, "tiktok", "demo_shop").await;
    for (options, content, code) in [
        (json!({ "privacyLevel": "SELF_ONLY", "brandContent": true }), "Hello", "option_conflict"),
        (json!({ "draft": true, "aiGenerated": true }), "", "option_conflict"),
        (json!({ "draft": true }), "Hello", "text_not_shown"),
    ] {
        let answer = ask(&world, &place, &[&sample("clip.mp4")], with(options, content)).await;
        let faults = faults(&answer);
        assert!(faults.len() == 1 && faults[0].1.contains(code), "{code}: {faults:?}");
    }
}

/// How many pixels TikTok takes is only known afterwards.
#[tokio::test]
async fn a_photo_of_too_many_pixels_fails_with_its_reason() {
    let world = World::new().await;
    let place = connected(&world, "tiktok", "demo_shop").await;
    let mut photo = vec![0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8];
    photo.extend([2160_u16.to_be_bytes(), 2160_u16.to_be_bytes()].concat());
    photo.extend([3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1, 0xFF, 0xD9]);
    world.files.put("https://m.test/large.jpg", photo);
    let change = with(json!({ "privacyLevel": "SELF_ONLY" }), "Hello");
    let target = publish(&world, &place, &["https://m.test/large.jpg"], change, SOON).await;
    assert_eq!(describe(&target), "failed media_dimensions media", "{target}");
    super::has_a_remedy(&target);
}
