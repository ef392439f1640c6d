//! The pages for people, and the JSON feed.

use serde_json::json;

use super::{ORIGIN, PHOTOS, TikTokClient, photos};

#[tokio::test]
async fn a_video_is_drawn_on_both_feeds_and_its_own_page() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    tiktok.publish(&access, "<script>alert(1)</script>").await;
    tiktok.world.pass(5);
    let post = tiktok.feed("demo_shop").await.remove(0);
    let id = post["id"].as_str().unwrap();
    for path in [
        "/feed/tiktok".to_owned(),
        "/feed/tiktok/demo_shop".to_owned(),
        format!("/www.tiktok.com/@demo_shop/video/{id}"),
    ] {
        let page = tiktok.world.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{path}");
        assert!(page.body.contains(r#"aria-label="A video of 1000 B""#) && page.body.contains(id), "{path}");
    }
    for path in [
        format!("/www.tiktok.com/@demo_shop/photo/{id}"),
        format!("/www.tiktok.com/@demo_cafe/video/{id}"),
        format!("/www.tiktok.com/demo_shop/video/{id}"),
        "/www.tiktok.com/@demo_shop/video/1".to_owned(),
        "/www.tiktok.com/@demo_shop/video/-1".to_owned(),
        "/www.tiktok.com/".to_owned(),
    ] {
        assert_eq!(tiktok.world.get(&path).await.status, 404, "{path}");
    }
    let post = http::Request::post("/www.tiktok.com/@demo_shop/video/1").body(bytes::Bytes::new()).unwrap();
    assert_eq!(tiktok.world.ask(post).await.unwrap().status, 405);
}

#[tokio::test]
async fn a_post_is_not_shown_before_it_is_complete() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    tiktok.publish(&access, "hello").await;
    tiktok.world.pass(5);
    let id = tiktok.feed("demo_shop").await[0]["id"].as_str().unwrap().to_owned();
    tiktok.world.pass(-1);
    assert_eq!(tiktok.world.get(&format!("/www.tiktok.com/@demo_shop/video/{id}")).await.status, 404);
    assert!(!tiktok.world.get("/feed/tiktok").await.body.contains("hello"));
}

#[tokio::test]
async fn photos_are_shown_as_images() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let url = format!("{ORIGIN}/media/photo.jpg");
    tiktok.call(&access, PHOTOS, &photos("hello", &[&url])).await.unwrap();
    tiktok.world.pass(5);
    let post = tiktok.feed("demo_shop").await.remove(0);
    let page = tiktok.world.get(&format!("/www.tiktok.com/@demo_shop/photo/{}", post["id"].as_str().unwrap())).await;
    assert!(page.body.contains(&format!(r#"<img src="{url}""#)));
    assert!(page.header("content-security-policy").contains("img-src 'self' https:"));
}

#[tokio::test]
async fn the_json_feed_has_all_fields_in_descending_order() {
    let tiktok = TikTokClient::new().await;
    for username in ["demo_shop", "demo_cafe"] {
        let access = tiktok.connect(username).await;
        tiktok.publish(&access, &format!("by {username}")).await;
        tiktok.world.pass(1);
    }
    tiktok.world.pass(5);
    let all = tiktok.world.get("/feed/tiktok.json").await;
    assert_eq!(all.status, 404, "the username is missing");
    let all = tiktok.world.all_posts("tiktok").await;
    assert_eq!((&all[0]["account"], &all[1]["account"]), (&json!("demo_cafe"), &json!("demo_shop")));
    let mut post = tiktok.feed("demo_shop").await.remove(0);
    let mut names: Vec<&String> = post.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["createdAt", "id", "media", "privacyLevel", "publishId", "settings", "text"]);
    assert_eq!(post["text"].take(), "by demo_shop");
    assert_eq!(post["privacyLevel"].take(), "PUBLIC_TO_EVERYONE");
    assert_eq!(post["createdAt"].take(), "2026-11-21T12:00:00.250Z");
}
