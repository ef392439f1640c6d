//! Starting a post with a video: fields, limits and permissions.

use serde_json::{Value, json};

use super::{ORIGIN, TikTokClient, VIDEO, pull, upload};

async fn refused(tiktok: &TikTokClient, access: &str, body: &Value) {
    let outcome = tiktok.outcome(access, VIDEO, body).await;
    assert_eq!(outcome, (400, "invalid_params".to_owned()), "{body}");
}

#[tokio::test]
async fn a_good_request_gives_a_publish_id_and_an_upload_url() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let begun = tiktok.begin(&access, "hello", 1000).await;
    assert!(begun.publish_id.starts_with("v_pub_file~v2-1.") && begun.publish_id.len() <= 64);
    assert!(begun.upload_url.starts_with(&format!("{ORIGIN}/open-upload.tiktokapis.com/video/?upload_id=")));
    assert!(begun.upload_url.contains("&upload_token=") && begun.upload_url.len() <= 256);
}

#[tokio::test]
async fn unknown_and_wrong_fields_are_refused() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("busy_shop").await;
    let with = |pointer: &str, name: &str, value: Value| {
        let mut body = upload("hello", 1000);
        body.pointer_mut(pointer).unwrap()[name] = value;
        body
    };
    let cases = [
        with("", "media_type", json!("VIDEO")),
        with("/post_info", "caption", json!("hello")),
        with("/post_info", "description", json!("hello")),
        with("/post_info", "disable_comment", json!("false")),
        with("/post_info", "is_aigc", json!(1)),
        with("/post_info", "title", json!(7)),
        with("/source_info", "source", json!("UPLOAD")),
        with("/source_info", "video_url", json!("https://media.example/a.mp4")),
        with("/source_info", "video_size", json!("1000")),
        with("/source_info", "video_size", json!(-1)),
        with("/source_info", "chunk_size", json!(999)),
        with("/source_info", "total_chunk_count", json!(2)),
        json!({ "post_info": upload("", 1)["post_info"] }),
        json!({ "source_info": upload("", 1)["source_info"] }),
        json!([]),
    ];
    for body in cases {
        refused(&tiktok, &access, &body).await;
    }
    let all = json!({
        "title": "hello",
        "privacy_level": "SELF_ONLY",
        "disable_duet": true,
        "disable_comment": true,
        "disable_stitch": true,
        "video_cover_timestamp_ms": 1000,
        "brand_content_toggle": false,
        "brand_organic_toggle": true,
        "is_aigc": true,
    });
    assert_eq!(tiktok.outcome(&access, VIDEO, &with("", "post_info", all)).await.0, 200);
}

#[tokio::test]
async fn a_title_has_2200_utf_16_units() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let fits = "🚗".repeat(1100);
    assert_eq!(tiktok.outcome(&access, VIDEO, &upload(&fits, 1000)).await.0, 200);
    refused(&tiktok, &access, &upload(&format!("{fits}!"), 1000)).await;
}

#[tokio::test]
async fn the_body_must_be_json_and_the_path_exact() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let request = |path: &str, content_type: &str| {
        http::Request::post(path)
            .header("authorization", format!("Bearer {access}"))
            .header("content-type", content_type)
            .body(upload("hello", 1000).to_string().into())
            .unwrap()
    };
    let path = "/open.tiktokapis.com/v2/post/publish/video/init/";
    let cases = [
        (request(path, "application/json"), 200),
        (request(path, "text/plain"), 400),
        (request(path.trim_end_matches('/'), "application/json"), 404),
        (request("/open.tiktokapis.com/v2/post/publish/video/start/", "application/json"), 404),
    ];
    for (request, status) in cases {
        let (path, kind) = (request.uri().clone(), request.headers()["content-type"].clone());
        assert_eq!(tiktok.world.ask(request).await.unwrap().status, status, "{path} {kind:?}");
    }
    assert_eq!(tiktok.world.get_as(&access, path).await.status, 404, "the method must be POST");
}

#[tokio::test]
async fn a_privacy_level_must_be_available_to_the_creator() {
    let tiktok = TikTokClient::new().await;
    let (public, private) = (tiktok.connect("demo_shop").await, tiktok.connect("private_account").await);
    let level = |level: Value| {
        let mut body = upload("hello", 1000);
        body["post_info"]["privacy_level"] = level;
        body
    };
    let mismatch = (403, "privacy_level_option_mismatch".to_owned());
    for (access, refused) in
        [(&public, "FOLLOWER_OF_CREATOR"), (&private, "PUBLIC_TO_EVERYONE"), (&public, "EVERYBODY")]
    {
        assert_eq!(tiktok.outcome(access, VIDEO, &level(refused.into())).await, mismatch);
    }
    for (access, good) in [(&public, "PUBLIC_TO_EVERYONE"), (&private, "FOLLOWER_OF_CREATOR"), (&private, "SELF_ONLY")]
    {
        assert_eq!(tiktok.outcome(access, VIDEO, &level(good.into())).await.0, 200);
    }
    let mut absent = upload("hello", 1000);
    absent["post_info"] = json!({ "title": "hello" });
    assert_eq!(tiktok.outcome(&public, VIDEO, &absent).await, mismatch);
}

#[tokio::test]
async fn a_token_starts_six_posts_per_minute() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let limited = (429, "rate_limit_exceeded".to_owned());
    for _ in 0..6 {
        assert_eq!(tiktok.outcome(&access, VIDEO, &upload("hello", 1000)).await.0, 200);
        tiktok.world.pass(5);
    }
    tiktok.world.pass(29);
    assert_eq!(tiktok.outcome(&access, VIDEO, &upload("hello", 1000)).await, limited);
    tiktok.world.pass(1);
    assert_eq!(tiktok.outcome(&access, VIDEO, &upload("hello", 1000)).await.0, 200, "the first one is a minute old");
    assert_eq!(tiktok.outcome(&access, VIDEO, &upload("hello", 1000)).await, limited, "the others are not");
    let busy = tiktok.connect("busy_shop").await;
    for _ in 0..20 {
        assert_eq!(tiktok.outcome(&busy, VIDEO, &upload("hello", 1000)).await.0, 200);
    }
}

#[tokio::test]
async fn of_concurrent_requests_at_most_six_succeed() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let body = upload("hello", 1000);
    let begin = || tiktok.outcome(&access, VIDEO, &body);
    let (a, b, c, d) = tokio::join!(begin(), begin(), begin(), begin());
    let (e, f, g, h) = tokio::join!(begin(), begin(), begin(), begin());
    let passed = [a, b, c, d, e, f, g, h].iter().filter(|outcome| outcome.0 == 200).count();
    assert_eq!(passed, 6);
}

#[tokio::test]
async fn publishing_needs_its_scope() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("partial").await;
    let refused = (401, "scope_not_authorized".to_owned());
    assert_eq!(tiktok.outcome(&access, VIDEO, &upload("hello", 1000)).await, refused);
    assert_eq!(tiktok.outcome(&access, super::CREATOR, &json!({})).await, refused);
    assert_eq!(tiktok.outcome(&access, super::PHOTOS, &json!({})).await, refused);
    assert_eq!(tiktok.outcome(&access, super::STATUS, &json!({ "publish_id": "x" })).await, refused);
    assert_eq!(tiktok.outcome("guess", VIDEO, &json!({})).await, (401, "access_token_invalid".to_owned()));
}

#[tokio::test]
async fn a_video_is_fetched_from_verified_domains_only() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("busy_shop").await;
    let unverified = (403, "url_ownership_unverified".to_owned());
    for url in ["http://media.example/a.mp4", "https://cdn.unverified.example/a.mp4", "https://192.0.2.1/a.mp4"] {
        assert_eq!(tiktok.outcome(&access, VIDEO, &pull(url)).await, unverified, "{url}");
    }
    refused(&tiktok, &access, &pull("a.mp4")).await;
    let reply = tiktok.call(&access, VIDEO, &pull("https://media.example/a.mp4")).await.unwrap();
    let data = &reply.json()["data"];
    assert!(data["publish_id"].as_str().unwrap().starts_with("v_pub_url~v2-1."), "{}", reply.body);
    assert_eq!(data.get("upload_url"), None);
}
