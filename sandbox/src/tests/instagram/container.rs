//! Containers and their states.

use bytes::Bytes;
use http::{Request, header};
use serde_json::json;

use super::{DAY, World, failure, sample, text};

#[tokio::test]
async fn an_image_is_ready_after_a_second_and_a_video_after_ten() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let photo = shop.photo("hello").await;
    let reel = shop.uploaded(&[("video_url", &sample("clip.mp4")), ("media_type", "REELS")]).await;
    let code = async |id: &str| shop.status(id).await.0;
    assert_eq!((code(&photo).await, code(&reel).await), ("IN_PROGRESS".into(), "IN_PROGRESS".into()));
    world.pass(1);
    assert_eq!((code(&photo).await, code(&reel).await), ("FINISHED".into(), "IN_PROGRESS".into()));
    world.pass(9);
    assert_eq!(code(&reel).await, "FINISHED");
    world.pass(DAY - 11);
    assert_eq!(code(&reel).await, "FINISHED");
    world.pass(1);
    assert_eq!(code(&reel).await, "EXPIRED");
}

#[tokio::test]
async fn a_video_of_another_format_fails_in_its_container() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let reel = shop.uploaded(&[("video_url", &sample("photo.jpg")), ("media_type", "REELS")]).await;
    assert_eq!(shop.status(&reel).await.0, "IN_PROGRESS");
    world.pass(10);
    let told = "Error: Media upload has failed with error code 2207026".to_owned();
    assert_eq!(shop.status(&reel).await, ("ERROR".to_owned(), told));
    assert_eq!(failure(&shop.publish(&reel).await.unwrap()), (9007, Some(2_207_027)));
}

#[tokio::test]
async fn parameters_may_be_in_json_or_in_the_query() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let path = format!("/graph.instagram.com/v25.0/{}/media", shop.id);
    let photo = sample("photo.jpg");
    let body = json!({ "image_url": photo, "is_carousel_item": true }).to_string();
    let request =
        Request::post(format!("{path}?access_token={}", shop.token)).header(header::CONTENT_TYPE, "application/json");
    let reply = world.ask(request.body(Bytes::from(body.clone())).unwrap()).await.unwrap();
    assert_eq!(reply.status, 200, "{}", reply.body);
    let query = format!("{path}?image_url={photo}&access_token={}", shop.token);
    let reply = world.ask(Request::post(&query).body(Bytes::new()).unwrap()).await.unwrap();
    assert_eq!(reply.status, 200, "{}", reply.body);
    let twice = Request::post(&query).header(header::CONTENT_TYPE, "application/json");
    assert_eq!(failure(&world.ask(twice.body(body.into()).unwrap()).await.unwrap()), (100, None));
    let list = Request::post(&query).header(header::CONTENT_TYPE, "application/json");
    assert_eq!(failure(&world.ask(list.body("[]".into()).unwrap()).await.unwrap()), (100, None));
    let nothing = Request::post(&query).header(header::CONTENT_TYPE, "application/json");
    let nothing = nothing.body(Bytes::from_static(br#"{"image_url":null}"#)).unwrap();
    assert_eq!(world.ask(nothing).await.unwrap().status, 200, "null counts as missing");
    let plain = Request::post(&query).header(header::CONTENT_TYPE, "text/plain");
    assert_eq!(failure(&world.ask(plain.body("a=1".into()).unwrap()).await.unwrap()), (100, None));
}

#[tokio::test]
async fn other_accounts_cannot_see_a_container_or_upload() {
    let world = World::new().await;
    let (shop, cafe) = (world.shop("demo_shop").await, world.shop("demo_cafe").await);
    let photo = shop.photo("mine").await;
    assert_eq!(failure(&cafe.get(&photo).await), (100, Some(33)));
    world.pass(1);
    assert_eq!(failure(&cafe.publish(&photo).await.unwrap()), (24, Some(2_207_006)));
    let path = format!("/graph.instagram.com/v25.0/{}/media", shop.id);
    let foreign = world.submit(&path, Some(&cafe.token), &[("image_url", &sample("photo.jpg"))]).await.unwrap();
    assert_eq!(failure(&foreign), (100, Some(33)));
    for edge in ["media", "content_publishing_limit"] {
        assert_eq!(failure(&cafe.get(&format!("{}/{edge}", shop.id)).await), (100, Some(33)), "{edge}");
        assert_eq!(failure(&shop.get(&format!("{}/{edge}?fields=wish", shop.id)).await), (100, None), "{edge}");
    }
    assert_eq!(failure(&shop.get(&format!("{photo}?fields=caption")).await), (100, None));
}

#[tokio::test]
async fn publishing_needs_its_permission_and_a_professional_account() {
    let world = World::new().await;
    let reader = world.shop_with("demo_shop", "instagram_business_basic").await;
    let personal = world.shop("personal").await;
    assert_eq!(text(&personal.get("me?fields=account_type").await.json(), "account_type"), "PERSONAL");
    for shop in [reader, personal] {
        let reply = shop.upload(&[("image_url", &sample("photo.jpg"))]).await;
        assert_eq!((reply.status.as_u16(), failure(&reply)), (403, (10, None)));
        assert_eq!(failure(&shop.publish("17000000000000000").await.unwrap()), (10, None));
        assert_eq!(failure(&shop.get(&format!("{}/content_publishing_limit", shop.id)).await), (10, None));
    }
}
