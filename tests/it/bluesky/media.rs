//! Files and link cards on Bluesky, and who may reply: on the sandbox, and where a connection does not permit uploads.

use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::Duration;
use serde_json::{Value, json};

use super::{Setup, sandbox::TestMode};
use crate::{
    connect::{is, publish, reply},
    publish::minutes,
    world::{SANDBOX, film_head},
};

fn sample(name: &str) -> Value {
    json!({ "url": format!("{SANDBOX}/media/{name}") })
}

impl TestMode {
    /// Publishes a post of this account and waits; returns the target and the only record, if there is one.
    async fn publishes(&self, handle: &str, content: &str, more: Value, wait: Duration) -> (Value, Value) {
        let account = self.connect(handle).await;
        let post = self.post_with(&account, content, more).await;
        self.world.pass(wait).await;
        let record = self.feed(handle).await.first().map_or(Value::Null, |post| post["record"].clone());
        (self.target(&post).await, record)
    }
}

#[tokio::test]
async fn four_images_are_published_with_their_texts_and_shapes() {
    let test = TestMode::new().await;
    let described = json!({ "url": format!("{SANDBOX}/media/photo.jpg"), "altText": "A blue car" });
    let media = json!([described, sample("square.jpg"), sample("photo.png"), sample("photo.webp")]);
    let (target, record) = test.publishes("demo-shop.test", "", json!({ "media": media }), Duration::minutes(1)).await;
    assert_eq!(target["status"], "published", "{target}");
    let images = record["embed"]["images"].as_array().unwrap();
    let kinds: Vec<&str> = images.iter().map(|image| image["image"]["mimeType"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["image/jpeg", "image/jpeg", "image/png", "image/webp"]);
    assert_eq!((&images[0]["alt"], &images[1]["alt"], &record["text"]), (&json!("A blue car"), &json!(""), &json!("")));
    assert_eq!(images[0]["aspectRatio"], json!({ "width": 1080, "height": 1350 }));
}

/// The server keeps a file without a record for minutes, and a rate limit may last longer.
#[tokio::test]
async fn a_file_that_was_dropped_before_its_record_is_uploaded_again() {
    let test = TestMode::new().await;
    let puts = AtomicUsize::new(0);
    test.world.network.hook(move |request| {
        let first = request.uri().path().ends_with("putRecord") && puts.fetch_add(1, Ordering::Relaxed) == 0;
        let mut limited = reply(429, &json!({ "error": "RateLimitExceeded" }));
        limited.headers_mut().insert("retry-after", "600".parse().unwrap());
        first.then_some(Ok(limited))
    });
    let media = json!({ "media": [sample("photo.jpg"), sample("photo.png")] });
    let (target, record) = test.publishes("demo-shop.test", "Hello", media, Duration::minutes(1)).await;
    assert_eq!((&target["status"], &record), (&json!("scheduled"), &Value::Null), "{target}");
    minutes(&test.world, 12).await;
    let record = test.feed("demo-shop.test").await[0]["record"].clone();
    assert_eq!(record["embed"]["images"].as_array().unwrap().len(), 2);
    let calls = test.world.network.seen();
    // Two files, twice; the first of all learns the nonce.
    assert!(calls.iter().filter(|call| call.ends_with("uploadBlob")).count() >= 4, "{calls:?}");
}

#[tokio::test]
async fn a_video_is_processed_before_it_is_published() {
    let test = TestMode::new().await;
    let account = test.connect("demo-shop.test").await;
    let media = json!({ "media": [{ "url": format!("{SANDBOX}/media/clip.mp4"), "altText": "A car" }] });
    let post = test.post_with(&account, "A film", media.clone()).await;
    assert_eq!(test.target(&post).await["status"], "sending", "it is being processed");
    test.world.pass(Duration::minutes(1)).await;
    let target = test.target(&post).await;
    assert_eq!(target["status"], "published", "{target}");
    let record = test.feed("demo-shop.test").await[0]["record"].clone();
    assert_eq!(
        (&record["embed"]["video"]["mimeType"], &record["embed"]["alt"]),
        (&json!("video/mp4"), &json!("A car"))
    );
    assert_eq!(record["embed"]["aspectRatio"], json!({ "width": 720, "height": 1280 }));
    let uploads = |calls: Vec<String>| calls.iter().filter(|call| call.contains("uploadBlob")).count();
    assert_eq!(uploads(test.world.network.seen()), 0, "the service uploads it");

    test.world.pass(Duration::hours(1)).await;
    let again = test.post_with(&account, "Again", media).await;
    test.world.pass(Duration::minutes(1)).await;
    assert_eq!(test.target(&again).await["status"], "published", "the service knows the video");
    assert_eq!(test.feed("demo-shop.test").await.len(), 2);
}

#[tokio::test]
async fn a_video_that_the_service_refuses_or_never_finishes_is_uploaded_plainly() {
    let test = TestMode::new().await;
    for (handle, wait) in [("no-email.test", Duration::minutes(1)), ("video-stuck.test", Duration::minutes(15))] {
        let (target, record) = test.publishes(handle, "A film", json!({ "media": [sample("clip.mp4")] }), wait).await;
        assert_eq!(target["status"], "published", "{handle}: {target}");
        assert_eq!(record["embed"]["$type"], "app.bsky.embed.video", "{handle}");
        let calls = test.world.network.seen();
        assert!(calls.iter().any(|call| call.ends_with("/xrpc/com.atproto.repo.uploadBlob")), "{handle}: {calls:?}");
    }
}

#[tokio::test]
async fn a_video_that_cannot_be_processed_is_not_published() {
    let test = TestMode::new().await;
    let media = json!({ "media": [sample("clip.mp4")] });
    let (target, record) = test.publishes("video-fails.test", "A film", media, Duration::minutes(5)).await;
    assert_eq!((&target["status"], &target["error"]["code"]), (&json!("failed"), &json!("media_not_processed")));
    assert_eq!(record, Value::Null);
}

/// A video whose bytes nobody holds at once.
#[tokio::test]
async fn a_large_video_is_streamed() {
    let test = TestMode::new().await;
    let mut film = vec![7; 20 * 1024 * 1024];
    let head = film_head(film.len());
    film[..head.len()].copy_from_slice(&head);
    test.world.files.put("https://m.test/film.mp4", film);
    let media = json!({ "media": [{ "url": "https://m.test/film.mp4" }] });
    let (target, record) = test.publishes("demo-shop.test", "A film", media, Duration::minutes(1)).await;
    assert_eq!(target["status"], "published", "{target}");
    assert_eq!(record["embed"]["video"]["size"], 20 * 1024 * 1024);
}

const PAGE: &str = r#"<!doctype html><title>News &amp; more</title><meta property="og:description" content="All of it">
    <meta property="og:image" content="https://m.test/thumb.jpg">"#;

#[tokio::test]
async fn a_link_becomes_a_card_with_the_pages_picture() {
    let test = TestMode::new().await;
    test.world.files.put("https://news.test/today", PAGE);
    test.world.files.put("https://m.test/thumb.jpg", &b"\xFF\xD8\xFF\xE0 a picture"[..]);
    let text = "Read https://news.test/today";
    let (target, record) = test.publishes("demo-shop.test", text, json!({}), Duration::minutes(1)).await;
    assert_eq!(target["status"], "published", "{target}");
    let card = &record["embed"]["external"];
    assert_eq!((&card["title"], &card["description"]), (&json!("News & more"), &json!("All of it")));
    assert_eq!((&card["uri"], &card["thumb"]["mimeType"]), (&json!("https://news.test/today"), &json!("image/jpeg")));
    assert_eq!(record["facets"][0]["features"][0]["uri"], "https://news.test/today");
}

#[tokio::test]
async fn a_page_or_a_picture_that_fails_never_stops_a_post() {
    let test = TestMode::new().await;
    test.world.files.put("https://news.test/today", PAGE);
    let text = "Read https://news.test/today";
    let account = test.connect("demo-shop.test").await;
    for (text, options, title) in [
        (text, json!({}), json!("News & more")),
        (text, json!({ "linkCard": false }), Value::Null),
        ("Read https://gone.test/", json!({}), Value::Null),
    ] {
        let more = json!({ "platformOptions": { "bluesky": options } });
        let post = test.post_with(&account, text, more).await;
        test.world.pass(Duration::seconds(30)).await;
        assert_eq!(test.target(&post).await["status"], "published", "{text}");
        let record = test.feed("demo-shop.test").await[0]["record"].clone();
        assert_eq!((&record["embed"]["external"]["title"], record["embed"]["external"].get("thumb")), (&title, None));
    }
}

#[tokio::test]
async fn languages_labels_and_replies_are_as_the_post_says() {
    let test = TestMode::new().await;
    let options = json!({ "languages": ["de", "en-GB"], "labels": ["nudity"], "replyControl": "mentioned" });
    let more = json!({ "platformOptions": { "bluesky": options } });
    let (target, record) = test.publishes("demo-shop.test", "Hello", more, Duration::minutes(1)).await;
    assert_eq!(target["status"], "published", "{target}");
    assert_eq!(
        (&record["langs"], &record["labels"]["values"]),
        (&json!(["de", "en-GB"]), &json!([{ "val": "nudity" }]))
    );
    let address = target["platformPostId"].as_str().unwrap();
    let [did, _, rkey] = address.strip_prefix("at://").unwrap().split('/').collect::<Vec<_>>()[..] else { panic!() };
    let query = format!("repo={did}&collection=app.bsky.feed.threadgate&rkey={rkey}");
    let gate = test.world.network.get(&format!("{SANDBOX}/xrpc/com.atproto.repo.getRecord?{query}")).await;
    assert_eq!(gate["value"]["post"], target["platformPostId"]);
    assert_eq!(gate["value"]["allow"], json!([{ "$type": "app.bsky.feed.threadgate#mentionRule" }]));
}

/// An answer that says nothing about the post, only about who may reply, leaves it published.
#[tokio::test]
async fn a_gate_that_is_refused_changes_nothing_about_the_post() {
    let test = TestMode::new().await;
    test.world.network.hook(|request| {
        let writes = request.uri().path().ends_with("putRecord");
        let gate = String::from_utf8_lossy(request.body()).contains("threadgate");
        (writes && gate).then(|| Ok(reply(400, &json!({ "error": "InvalidRequest", "message": "no" }))))
    });
    let more = json!({ "platformOptions": { "bluesky": { "replyControl": "nobody" } } });
    let (target, _) = test.publishes("demo-shop.test", "Hello", more, Duration::minutes(1)).await;
    assert_eq!((&target["status"], &target["error"]), (&json!("published"), &Value::Null), "{target}");
}

/// An account that was connected before Onbehalf asked for uploads still posts text.
#[tokio::test]
async fn a_connection_without_uploads_posts_text_and_says_what_media_need() {
    let mut setup = Setup::new().await;
    let account = setup.connect().await;
    setup.network.script(|request| {
        is(request, "https://pds.test/xrpc/com.atproto.repo.uploadBlob").then(|| {
            Ok(reply(
                403,
                &json!({ "error": "ScopeMissingError", "message": "Missing required scope \"blob:image/jpeg\"" }),
            ))
        })
    });
    setup.world.files.put("https://m.test/a.jpg", &b"\xFF\xD8\xFF\xE0 a picture"[..]);
    let body = json!({
        "clientId": setup.client, "content": "Hello", "media": [{ "url": "https://m.test/a.jpg" }],
        "targets": { "mode": "selection", "accountIds": [account] }, "schedule": { "type": "now" },
    });
    let post = setup.world.ask(shared::testing::Ask::post("/v1/posts", &body).key(&setup.world.key)).await.data();
    setup.world.deliver().await;
    let target = setup.world.target(&post).await;
    assert_eq!((&target["status"], &target["error"]["code"]), (&json!("failed"), &json!("scope_missing")));
    assert!(target["error"]["message"].as_str().unwrap().contains("connect link"), "{target}");
    let text = publish(&setup.world, &setup.client, &account, "Hello").await;
    assert_eq!(text["status"], "published", "{text}");
    assert_eq!(setup.world.accounts(&setup.client).await[0]["status"], "connected");
}
