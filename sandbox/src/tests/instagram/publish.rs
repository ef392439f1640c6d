//! Publishing of containers, and the quota.

use serde_json::json;

use super::{DAY, World, failure, text};

#[tokio::test]
async fn a_container_is_published_once() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let photo = shop.photo("hello").await;
    assert_eq!(failure(&shop.publish(&photo).await.unwrap()), (9007, Some(2_207_027)));
    world.pass(1);
    let reply = shop.publish(&photo).await.unwrap();
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(shop.status(&photo).await.0, "PUBLISHED");
    assert_eq!(failure(&shop.publish(&photo).await.unwrap()), (24, Some(2_207_008)));
    world.pass(2 * DAY);
    assert_eq!(shop.status(&photo).await.0, "PUBLISHED");
    assert_eq!(shop.captions().await, ["hello"]);
}

#[tokio::test]
async fn of_two_concurrent_publications_one_succeeds() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let photo = shop.photo("hello").await;
    world.pass(1);
    let (one, other) = tokio::join!(shop.publish(&photo), shop.publish(&photo));
    assert_eq!([one, other].iter().flatten().filter(|reply| reply.status == 200).count(), 1);
    assert_eq!(shop.captions().await.len(), 1);
}

#[tokio::test]
async fn an_expired_or_unknown_container_is_not_published() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let photo = shop.photo("late").await;
    world.pass(DAY);
    assert_eq!(failure(&shop.publish(&photo).await.unwrap()), (-2, Some(2_207_020)));
    assert_eq!(failure(&shop.publish("17000000000000000").await.unwrap()), (24, Some(2_207_006)));
    assert_eq!(failure(&shop.publish("").await.unwrap()), (100, None));
    assert!(shop.captions().await.is_empty());
}

#[tokio::test]
async fn fifty_posts_are_allowed_in_24_hours() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let limit = format!("{}/content_publishing_limit?fields=config,quota_usage", shop.id);
    for number in 0..50 {
        let reply = shop.post(&format!("number {number}")).await.unwrap();
        assert_eq!(reply.status, 200, "{number}: {}", reply.body);
    }
    let config = json!({ "quota_total": 50, "quota_duration": 86400 });
    assert_eq!(shop.get(&limit).await.json(), json!({ "data": [{ "config": config, "quota_usage": 50 }] }));
    let one_more = shop.post("one more").await.unwrap();
    assert_eq!(failure(&one_more), (9, Some(2_207_042)));
    assert!(one_more.body.contains("You reached maximum number of posts"));
    // The first post is 50 seconds old.
    world.pass(DAY - 50);
    assert_eq!(shop.get(&limit).await.json()["data"][0]["quota_usage"], 49);
    assert_eq!(shop.post("the next day").await.unwrap().status, 200);
}

#[tokio::test]
async fn concurrent_publications_do_not_exceed_the_quota() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    for number in 0..48 {
        shop.post(&format!("number {number}")).await.unwrap();
    }
    let mut waiting = Vec::new();
    for number in 0..4 {
        waiting.push(shop.photo(&format!("at once {number}")).await);
    }
    world.pass(1);
    let (a, b, c, d) = tokio::join!(
        shop.publish(&waiting[0]),
        shop.publish(&waiting[1]),
        shop.publish(&waiting[2]),
        shop.publish(&waiting[3])
    );
    assert_eq!([a, b, c, d].iter().flatten().filter(|reply| reply.status == 200).count(), 2);
    assert_eq!(shop.captions().await.len(), 50);
}

#[tokio::test]
async fn the_scoped_id_identifies_the_account_too() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let id = text(&shop.get("me").await.json(), "id");
    assert_ne!(id, shop.id);
    let shop = super::Shop { world: &world, token: shop.token, id };
    assert_eq!(shop.post("hello").await.unwrap().status, 200);
}

#[tokio::test]
async fn published_posts_survive_a_restart() {
    let mut world = World::new().await;
    let id = text(&world.shop("demo_shop").await.post("kept").await.unwrap().json(), "id");
    world.restart();
    assert_eq!(world.posts("instagram", "demo_shop").await[0]["id"], id);
}
