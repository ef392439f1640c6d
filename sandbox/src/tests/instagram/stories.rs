//! Stories, the cap of containers, and addresses.

use super::{DAY, World, failure, sample, text};

#[tokio::test]
async fn a_story_is_one_file_of_any_ratio_without_a_caption() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let story = ("media_type", "STORIES");
    let (tall, clip) = (sample("tall.jpg"), sample("clip.mp4"));
    let picture = shop.uploaded(&[("image_url", &tall), story]).await;
    let film = shop.uploaded(&[("video_url", &clip), story]).await;
    world.pass(10);
    for container in [picture, film] {
        let id = text(&shop.publish(&container).await.unwrap().json(), "id");
        let post = shop.get(&format!("{id}?fields=media_product_type,permalink")).await.json();
        assert_eq!(text(&post, "media_product_type"), "STORY");
        assert!(text(&post, "permalink").contains("/stories/demo_shop/"), "{post}");
        assert_eq!(world.get(&text(&post, "permalink").replace("http://127.0.0.1:9001", "")).await.status, 200);
    }
    for fields in [
        vec![("image_url", tall.as_str()), story, ("caption", "hello")],
        vec![("image_url", tall.as_str()), story, ("alt_text", "Hills")],
        vec![("image_url", tall.as_str()), ("video_url", clip.as_str()), story],
        vec![("image_url", tall.as_str()), story, ("is_carousel_item", "true")],
        vec![story],
    ] {
        assert_eq!(failure(&shop.upload(&fields).await), (100, None), "{fields:?}");
    }
}

#[tokio::test]
async fn an_account_creates_at_most_400_containers_in_24_hours() {
    let world = World::new().await;
    let (shop, busy) = (world.shop("demo_shop").await, world.shop("busy_shop").await);
    for _ in 0..400 {
        shop.photo("hello").await;
        busy.photo("hello").await;
    }
    let photo = sample("photo.jpg");
    assert_eq!(failure(&shop.upload(&[("image_url", &photo)]).await), (9, Some(2_207_042)));
    busy.photo("hello").await;
    world.pass(DAY);
    shop.photo("hello").await;
}

#[tokio::test]
async fn addresses_are_ascii() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let url = "https://media.example/\u{e9}.jpg";
    world.publish(url, "image/jpeg", include_bytes!("../../../media/photo.jpg"));
    assert_eq!(failure(&shop.upload(&[("image_url", url)]).await), (9004, Some(2_207_052)));
}
