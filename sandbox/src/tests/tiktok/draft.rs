//! Drafts, which go to the creator's inbox.

use serde_json::{Value, json};

use super::{ORIGIN, PHOTOS, TikTokClient, VIDEO, file, photos, upload};

const INBOX: &str = "post/publish/inbox/video/init";
const UPLOAD: &str = "video.upload";

fn video() -> Value {
    json!({ "source_info": upload("", 1000)["source_info"] })
}

fn photo() -> Value {
    json!({
        "media_type": "PHOTO",
        "post_mode": "MEDIA_UPLOAD",
        "post_info": { "title": "A title", "description": "A text" },
        "source_info": photos("", &[&format!("{ORIGIN}/media/photo.jpg")])["source_info"],
    })
}

#[tokio::test]
async fn a_draft_of_a_video_ends_in_the_inbox_and_is_not_public() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect_with("demo_shop", UPLOAD).await;
    let reply = tiktok.call(&access, INBOX, &video()).await.unwrap();
    let data = &reply.json()["data"];
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    let begun = super::StartedUpload { publish_id: text("publish_id"), upload_url: text("upload_url") };
    assert!(begun.publish_id.starts_with("v_inbox_file~v2."), "{}", begun.publish_id);
    assert_eq!(tiktok.put(&begun, &file(1000), 0, 1000).await.unwrap().status, 201);
    assert_eq!(tiktok.status(&access, &begun.publish_id).await["status"], "PROCESSING_UPLOAD");
    tiktok.world.pass(5);
    assert_eq!(tiktok.status(&access, &begun.publish_id).await["status"], "SEND_TO_USER_INBOX");
    assert!(tiktok.feed("demo_shop").await.is_empty());
}

#[tokio::test]
async fn a_draft_of_photos_needs_no_privacy_level() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect_with("demo_shop", UPLOAD).await;
    let reply = tiktok.call(&access, PHOTOS, &photo()).await.unwrap().json();
    let id = reply["data"]["publish_id"].as_str().unwrap();
    assert!(id.starts_with("p_inbox_url~v2."), "{id}");
    tiktok.world.pass(5);
    assert_eq!(tiktok.status(&access, id).await["status"], "SEND_TO_USER_INBOX");
    assert!(tiktok.feed("demo_shop").await.is_empty());
}

#[tokio::test]
async fn a_draft_needs_its_scope_and_has_no_text_with_a_video() {
    let tiktok = TikTokClient::new().await;
    let without = tiktok.connect("demo_shop").await;
    let refused = (401, "scope_not_authorized".to_owned());
    assert_eq!(tiktok.outcome(&without, INBOX, &video()).await, refused);
    assert_eq!(tiktok.outcome(&without, PHOTOS, &photo()).await, refused);
    let access = tiktok.connect_with("demo_shop", UPLOAD).await;
    let invalid = (400, "invalid_params".to_owned());
    assert_eq!(tiktok.outcome(&access, INBOX, &upload("hello", 1000)).await, invalid, "post_info");
    let only = tiktok.connect_with("partial", UPLOAD).await;
    assert_eq!(tiktok.outcome(&only, INBOX, &video()).await.0, 200, "without video.publish");
    assert_eq!(tiktok.outcome(&only, VIDEO, &upload("hello", 1000)).await, refused);
}

#[tokio::test]
async fn at_most_five_drafts_are_pending_within_a_day() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect_with("demo_shop", UPLOAD).await;
    for _ in 0..5 {
        assert_eq!(tiktok.outcome(&access, INBOX, &video()).await.0, 200);
        tiktok.world.pass(600);
    }
    let many = (403, "spam_risk_too_many_pending_share".to_owned());
    assert_eq!(tiktok.outcome(&access, INBOX, &video()).await, many);
    assert_eq!(tiktok.outcome(&access, PHOTOS, &photo()).await, many);
    assert_eq!(tiktok.outcome(&access, VIDEO, &upload("hello", 1000)).await.0, 200, "posts are not drafts");
    let tokens = tiktok.connect_with("busy_shop", UPLOAD).await;
    for _ in 0..7 {
        assert_eq!(tiktok.outcome(&tokens, INBOX, &video()).await.0, 200);
    }
}

#[tokio::test]
async fn old_app_accepts_posts_and_no_drafts() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect_with("old_app", UPLOAD).await;
    assert_eq!(tiktok.outcome(&access, INBOX, &video()).await, (400, "app_version_check_failed".to_owned()));
    assert_eq!(tiktok.outcome(&access, VIDEO, &upload("hello", 1000)).await.0, 200);
}
