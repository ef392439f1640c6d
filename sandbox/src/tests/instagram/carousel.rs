//! Carousels and their items.

use serde_json::json;

use super::{DAY, Shop, World, failure, sample};

async fn item(shop: &Shop<'_>, name: &str) -> String {
    shop.uploaded(&[("image_url", &sample(name)), ("is_carousel_item", "true"), ("alt_text", name)]).await
}

async fn video(shop: &Shop<'_>, name: &str) -> String {
    shop.uploaded(&[("video_url", &sample(name)), ("media_type", "VIDEO"), ("is_carousel_item", "true")]).await
}

#[tokio::test]
async fn a_carousel_is_ready_after_its_last_item_and_keeps_their_order() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let items = [item(&shop, "square.jpg").await, video(&shop, "clip.mp4").await, item(&shop, "photo.jpg").await];
    let carousel =
        shop.uploaded(&[("media_type", "CAROUSEL"), ("children", &items.join(",")), ("caption", "three")]).await;
    world.pass(10);
    assert_eq!(shop.status(&carousel).await.0, "IN_PROGRESS");
    world.pass(1);
    assert_eq!(shop.publish(&carousel).await.unwrap().status, 200);
    let post = &world.posts("instagram", "demo_shop").await[0];
    assert_eq!(post["text"], "three");
    assert_eq!(
        post["media"],
        json!([
            { "kind": "image", "url": sample("square.jpg"), "altText": "square.jpg" },
            { "kind": "video", "url": sample("clip.mp4"), "altText": null },
            { "kind": "image", "url": sample("photo.jpg"), "altText": "photo.jpg" },
        ])
    );
}

#[tokio::test]
async fn a_carousel_has_two_to_ten_items() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let item = item(&shop, "square.jpg").await;
    for (count, fits) in [(1, false), (2, true), (10, true), (11, false)] {
        let children = serde_json::to_string(&vec![&item; count]).unwrap();
        let reply = shop.upload(&[("media_type", "CAROUSEL"), ("children", &children)]).await;
        assert_eq!(reply.status == 200, fits, "{count}");
        if !fits {
            assert_eq!(failure(&reply), (100, Some(2_207_028)));
        }
    }
    assert_eq!(failure(&shop.upload(&[("media_type", "CAROUSEL")]).await), (100, Some(2_207_028)));
    let children = ("children", &*format!("{item},{item}"));
    let photo = sample("photo.jpg");
    for extra in [("is_carousel_item", "true"), ("image_url", &photo), ("alt_text", "Hills")] {
        assert_eq!(
            failure(&shop.upload(&[("media_type", "CAROUSEL"), children, extra]).await),
            (100, None),
            "{extra:?}"
        );
    }
    assert_eq!(failure(&shop.upload(&[children]).await), (100, None), "is_carousel_item is missing");
}

#[tokio::test]
async fn only_unexpired_items_of_the_account_make_a_carousel() {
    let world = World::new().await;
    let (shop, cafe) = (world.shop("demo_shop").await, world.shop("demo_cafe").await);
    let old = item(&shop, "square.jpg").await;
    world.pass(DAY);
    let good = item(&shop, "square.jpg").await;
    for bad in [old, shop.photo("whole").await, item(&cafe, "square.jpg").await, "17000000000000000".to_owned()] {
        let reply = shop.upload(&[("media_type", "CAROUSEL"), ("children", &format!("{good},{bad}"))]).await;
        assert_eq!(failure(&reply), (100, None), "{bad}");
    }
}

#[tokio::test]
async fn a_failed_item_fails_its_carousel_and_no_item_is_published_alone() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let (good, bad) = (item(&shop, "square.jpg").await, video(&shop, "photo.png").await);
    let carousel = shop.uploaded(&[("media_type", "CAROUSEL"), ("children", &format!("{good},{bad}"))]).await;
    world.pass(11);
    assert_eq!(shop.status(&carousel).await.0, "ERROR");
    assert_eq!(failure(&shop.publish(&good).await.unwrap()), (100, None));
}
