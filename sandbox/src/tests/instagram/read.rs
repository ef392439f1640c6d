//! Reading published posts.

use serde_json::json;

use super::{World, failure, sample, text};

#[tokio::test]
async fn a_post_has_the_requested_fields_and_always_its_id() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let id = text(&shop.post("hello").await.unwrap().json(), "id");
    assert_eq!(shop.get(&id).await.json(), json!({ "id": id }));
    let post = shop.get(&format!("{id}?fields=permalink,caption,timestamp,media_type,shortcode,username")).await.json();
    assert_eq!(post["caption"], "hello");
    assert_eq!(post["timestamp"], "2026-11-21T12:00:01+0000");
    assert_eq!(post["media_type"], "IMAGE");
    assert_eq!(post["username"], "demo_shop");
    let permalink = format!("http://127.0.0.1:9001/www.instagram.com/p/{}/", text(&post, "shortcode"));
    assert_eq!(post["permalink"], permalink);
    assert_eq!(failure(&world.shop("demo_cafe").await.get(&id).await), (100, Some(33)));
    assert_eq!(failure(&shop.get(&format!("{id}?fields=status_code")).await), (100, None));
}

#[tokio::test]
async fn each_kind_of_post_has_the_media_type_of_instagram() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let reel = shop.uploaded(&[("video_url", &sample("clip-moov-last.mp4")), ("media_type", "REELS")]).await;
    let item = shop.uploaded(&[("image_url", &sample("square.jpg")), ("is_carousel_item", "true")]).await;
    let carousel = shop.uploaded(&[("media_type", "CAROUSEL"), ("children", &format!("{item},{item}"))]).await;
    world.pass(10);
    for (container, kind, product) in [(reel, "VIDEO", "REELS"), (carousel, "CAROUSEL_ALBUM", "FEED")] {
        let id = text(&shop.publish(&container).await.unwrap().json(), "id");
        let post = shop.get(&format!("{id}?fields=media_type,media_product_type,permalink,caption")).await.json();
        assert_eq!((text(&post, "media_type"), text(&post, "media_product_type")), (kind.into(), product.into()));
        assert_eq!(post["permalink"].as_str().unwrap().contains("/reel/"), product == "REELS");
        assert_eq!(post.get("caption"), None, "an empty caption is omitted");
    }
}

#[tokio::test]
async fn the_list_is_in_descending_order_and_limited() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    world.shop("demo_cafe").await.post("not mine").await.unwrap();
    for number in 0..3 {
        shop.post(&format!("number {number}")).await.unwrap();
    }
    let list = shop.get(&format!("{}/media?fields=caption&limit=2", shop.id)).await.json();
    let captions: Vec<String> = list["data"].as_array().unwrap().iter().map(|post| text(post, "caption")).collect();
    assert_eq!(captions, ["number 2", "number 1"]);
    assert!(list["data"][0]["id"].is_string());
    for query in ["limit=0", "limit=101", "fields=wish", "wish=1"] {
        assert_eq!(failure(&shop.get(&format!("{}/media?{query}", shop.id)).await), (100, None), "{query}");
    }
}

#[tokio::test]
async fn unknown_objects_are_refused_in_the_format_of_meta() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    assert_eq!(failure(&shop.get("17000000000000000").await), (100, Some(33)));
    let older = world.get_as(&shop.token, "/graph.instagram.com/v1.0/me").await;
    assert_eq!(failure(&older), (100, None));
    assert_eq!(failure(&shop.get("me/stories/all").await), (100, None));
}
