//! Longer posts of accounts with a subscription on X.

use serde_json::json;
use shared::testing::Ask;

use crate::world::World;

fn long() -> String {
    format!("https://example.com is open. {} & that is all.", "A long story. ".repeat(60))
}

#[tokio::test]
async fn an_account_with_a_subscription_publishes_a_long_post() {
    let world = World::new().await;
    let (client, account) = world.connected("premium").await;
    let post = world.post(&client, &[&account], &long(), json!({ "type": "now" })).await;
    world.deliver().await;
    assert_eq!(world.target(&post).await["status"], "published");
    assert_eq!(world.feed("premium").await, [long()]);
}

#[tokio::test]
async fn without_one_a_long_post_is_refused_when_it_is_created() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let body = json!({
        "clientId": client,
        "content": long(),
        "targets": { "mode": "selection", "accountIds": [account] },
        "schedule": { "type": "now" },
    });
    let answer = world.ask(Ask::post("/v1/posts", &body).key(&world.key)).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text.contains("text_too_long") && answer.text.contains("280"), "{}", answer.text);
}
