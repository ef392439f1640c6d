//! The pages for people, and the JSON feed.

use super::{World, sample, text};

#[tokio::test]
async fn a_post_is_shown_with_its_image_and_alternative_text() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let fields = [("image_url", &*sample("photo.jpg")), ("caption", "<b>sale</b>"), ("alt_text", "Hills & a \"sun\"")];
    let photo = shop.uploaded(&fields).await;
    world.pass(1);
    let id = text(&shop.publish(&photo).await.unwrap().json(), "id");
    let link = text(&shop.get(&format!("{id}?fields=permalink")).await.json(), "permalink");
    let own = link.strip_prefix("http://127.0.0.1:9001").unwrap();
    for path in ["/feed/instagram", "/feed/instagram/demo_shop", own, own.trim_end_matches('/')] {
        let page = world.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        let picture = format!(r#"<img src="{}" alt="Hills &amp; a &quot;sun&quot;">"#, sample("photo.jpg"));
        for part in [&picture, "&lt;b&gt;sale&lt;/b&gt;", "Described as: <bdi>Hills &amp;", &id] {
            assert!(page.body.contains(part), "{part} in {path}");
        }
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'none'"));
        assert!(policy.contains("img-src 'self' https:; media-src 'self' https:"));
    }
    for path in ["/www.instagram.com/p/AAAAAAAAAAA/", "/www.instagram.com/p/x"] {
        assert_eq!(world.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_video_has_a_player() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let reel = shop.uploaded(&[("video_url", &sample("clip.mp4")), ("media_type", "REELS")]).await;
    world.pass(10);
    let id = text(&shop.publish(&reel).await.unwrap().json(), "id");
    let link = text(&shop.get(&format!("{id}?fields=permalink")).await.json(), "permalink");
    for path in ["/feed/instagram/demo_shop", link.strip_prefix("http://127.0.0.1:9001").unwrap()] {
        let page = world.get(path).await.body;
        assert!(page.contains(&format!(r#"<video src="{}" controls"#, sample("clip.mp4"))), "{path}: {page}");
    }
}

#[tokio::test]
async fn the_json_feed_has_posts_and_accounts() {
    let world = World::new().await;
    let id = text(&world.shop("demo_shop").await.post("a & b").await.unwrap().json(), "id");
    let feed = world.get("/feed/instagram/demo_shop.json").await.json();
    assert_eq!(feed["account"], "demo_shop");
    let post = &feed["posts"][0];
    assert_eq!((text(post, "id"), text(post, "text")), (id, "a & b".to_owned()));
    assert_eq!(post["createdAt"], "2026-11-21T12:00:01.250Z");
    assert_eq!(post["media"][0]["kind"], "image");
    assert_eq!(world.all_posts("instagram").await[0]["account"], "demo_shop");
}
