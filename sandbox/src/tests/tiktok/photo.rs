//! Photos, which TikTok fetches.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::{Value, json};

use super::{ORIGIN, PHOTOS, TikTokClient, VIDEO, photos, pull};

const JPEG: &str = "https://media.example/one.jpg";

impl TikTokClient {
    /// The status of a post after processing.
    async fn status_after(&self, access: &str, endpoint: &str, body: &Value) -> Value {
        let reply = self.call(access, endpoint, body).await.unwrap();
        assert_eq!(reply.status, 200, "{}", reply.body);
        let id = reply.json()["data"]["publish_id"].as_str().unwrap().to_owned();
        assert_eq!(self.status(access, &id).await["status"], "PROCESSING_DOWNLOAD");
        self.world.pass(5);
        self.status(access, &id).await
    }
}

#[tokio::test]
async fn photos_are_fetched_and_published_in_order() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    tiktok.world.publish(JPEG, "image/jpeg", b"\xFF\xD8\xFF\xE0");
    let own = format!("{ORIGIN}/media/photo.webp");
    let mut body = photos("A title", &[JPEG, &own]);
    body["post_info"]["description"] = "A longer text".into();
    let reply = tiktok.call(&access, PHOTOS, &body).await.unwrap().json();
    assert!(reply["data"]["publish_id"].as_str().unwrap().starts_with("p_pub_url~v2."));
    assert_eq!(reply["data"].get("upload_url"), None);
    tiktok.world.pass(65);
    let id = reply["data"]["publish_id"].as_str().unwrap();
    let status = tiktok.status(&access, id).await;
    assert_eq!(status["status"], "PUBLISH_COMPLETE");
    let post = tiktok.feed("demo_shop").await.remove(0);
    assert_eq!(post["id"], json!(status["publicaly_available_post_id"][0].to_string()));
    assert_eq!((&post["title"], &post["text"]), (&json!("A title"), &json!("A longer text")));
    let media = post["media"].as_array().unwrap();
    assert_eq!(media[0], json!({ "kind": "image", "url": JPEG, "bytes": 4 }));
    assert_eq!((&media[1]["url"], &media[1]["kind"]), (&json!(own), &json!("image")));
}

/// Sequential fetches of slow files would exceed the time limit of the request.
#[tokio::test]
async fn photos_are_fetched_concurrently() {
    let mut tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let (begun, seen) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
    let saw = Arc::clone(&seen);
    tiktok.world.sandbox.context.fetch = Arc::new(move |_| {
        let (begun, saw) = (Arc::clone(&begun), Arc::clone(&saw));
        Box::pin(async move {
            begun.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            saw.lock().unwrap().push(begun.load(Ordering::SeqCst));
            None
        })
    });
    assert_eq!(tiktok.call(&access, PHOTOS, &photos("hello", &[JPEG; 3])).await.unwrap().status, 200);
    assert_eq!(*seen.lock().unwrap(), [3, 3, 3], "each fetch saw that all had started");
}

#[tokio::test]
async fn invalid_requests_for_photos_are_refused() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("busy_shop").await;
    let with = |pointer: &str, name: &str, value: Value| {
        let mut body = photos("hello", &[JPEG]);
        body.pointer_mut(pointer).unwrap()[name] = value;
        body
    };
    let cases = [
        with("", "media_type", json!("VIDEO")),
        with("", "post_mode", json!("DRAFT")),
        with("", "extra", json!(1)),
        with("/source_info", "source", json!("FILE_UPLOAD")),
        with("/source_info", "photo_images", json!([])),
        with("/source_info", "photo_images", json!(vec![JPEG; 36])),
        with("/source_info", "photo_cover_index", json!(1)),
        with("/source_info", "photo_cover_index", json!(-1)),
        with("/source_info", "photo_images", json!(["one.jpg"])),
        with("/source_info", "video_url", json!(JPEG)),
        with("/post_info", "title", json!("🚗".repeat(46))),
        with("/post_info", "description", json!("a".repeat(4001))),
        with("/post_info", "disable_duet", json!(true)),
    ];
    for body in cases {
        let outcome = tiktok.outcome(&access, PHOTOS, &body).await;
        assert_eq!(outcome, (400, "invalid_params".to_owned()), "{body}");
    }
    let most = with("/source_info", "photo_images", json!(vec![JPEG; 35]));
    let longest = with("/post_info", "title", json!("🚗".repeat(45)));
    let described = with("/post_info", "description", json!("é".repeat(4000)));
    let music = with("/post_info", "auto_add_music", json!(true));
    for body in [most, longest, described, music] {
        assert_eq!(tiktok.outcome(&access, PHOTOS, &body).await.0, 200);
    }
}

#[tokio::test]
async fn photos_are_fetched_from_verified_domains_only() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("busy_shop").await;
    for url in ["http://media.example/a.jpg", "https://x.unverified.example/a.jpg", "https://[::1]/a.jpg"] {
        let outcome = tiktok.outcome(&access, PHOTOS, &photos("hello", &[JPEG, url])).await;
        assert_eq!(outcome, (403, "url_ownership_unverified".to_owned()), "{url}");
    }
}

#[tokio::test]
async fn a_privacy_level_of_photos_must_be_available_to_the_creator() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("private_account").await;
    let outcome = tiktok.outcome(&access, PHOTOS, &photos("hello", &[JPEG])).await;
    assert_eq!(outcome, (403, "privacy_level_option_mismatch".to_owned()));
}

#[tokio::test]
async fn faults_of_media_are_reported_by_the_status() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("busy_shop").await;
    const LARGEST_PHOTO: u64 = 20 * 1024 * 1024;
    const LARGEST_VIDEO: u64 = 4 * 1024 * 1024 * 1024;
    for (name, bytes) in [("large.jpg", LARGEST_PHOTO + 1), ("fits.jpg", LARGEST_PHOTO)] {
        let url = format!("https://media.example/{name}");
        tiktok.world.publish_sized(&url, "image/jpeg", b"\xFF\xD8\xFF", bytes);
    }
    for (name, bytes) in [("large.mp4", LARGEST_VIDEO + 1), ("fits.mp4", LARGEST_VIDEO)] {
        let url = format!("https://media.example/{name}");
        tiktok.world.publish_sized(&url, "video/mp4", b"\0\0\0\x18ftypisom", bytes);
    }
    let (png, clip) = (format!("{ORIGIN}/media/photo.png"), format!("{ORIGIN}/media/clip.mp4"));
    for (url, reason) in [
        ("https://media.example/nothing.jpg", Some("photo_pull_failed")),
        (&png, Some("file_format_check_failed")),
        (&clip, Some("file_format_check_failed")),
        ("https://media.example/large.jpg", Some("picture_size_check_failed")),
        ("https://media.example/fits.jpg", None),
    ] {
        let status = tiktok.status_after(&access, PHOTOS, &photos("hello", &[url])).await;
        assert_eq!(status["fail_reason"].as_str(), reason, "{url}");
    }
    for (url, reason) in [
        ("https://media.example/nothing.mp4", Some("video_pull_failed")),
        (&png, Some("file_format_check_failed")),
        ("https://media.example/large.mp4", Some("file_format_check_failed")),
        ("https://media.example/fits.mp4", None),
        (&clip, None),
    ] {
        let status = tiktok.status_after(&access, VIDEO, &pull(url)).await;
        assert_eq!(status["fail_reason"].as_str(), reason, "{url}");
    }
    let shown = tiktok.feed("busy_shop").await;
    let urls: Vec<&str> = shown.iter().map(|post| post["media"][0]["url"].as_str().unwrap()).collect();
    assert_eq!(urls, [clip.as_str(), "https://media.example/fits.mp4", "https://media.example/fits.jpg"]);
}

#[tokio::test]
async fn a_token_publishes_photos_six_times_per_minute() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let body = photos("hello", &[JPEG]);
    for _ in 0..6 {
        assert_eq!(tiktok.outcome(&access, PHOTOS, &body).await.0, 200);
    }
    assert_eq!(tiktok.outcome(&access, PHOTOS, &body).await, (429, "rate_limit_exceeded".to_owned()));
    assert_eq!(
        tiktok.outcome(&access, VIDEO, &pull("https://media.example/a.mp4")).await.0,
        200,
        "videos have a separate limit"
    );
    tiktok.world.pass(60);
    assert_eq!(tiktok.outcome(&access, PHOTOS, &body).await.0, 200);
}
