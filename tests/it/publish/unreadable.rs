//! A target whose stored state cannot be read waits for a person. It does not hold up the others, and it does not come back
//! after each lease.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::Duration;
use serde_json::json;
use shared::{store::Item, testing::Ask};

use super::{minutes, next_due, now, opened};
use crate::{
    permissions::aside,
    world::{Browser, World},
};

/// The stored target of an account.
async fn item(world: &World, account: &str) -> Item {
    let of_target = |sk: &str| sk.starts_with("TARGET#") && sk.ends_with(account);
    let items = world.engine.items().await;
    items.into_iter().find(|item| of_target(item["sk"].as_s().unwrap())).unwrap()
}

/// Replaces the state of an account's target by one that no version of the code knows.
async fn damage(world: &World, account: &str) {
    let key = item(world, account).await.into_iter().filter(|(name, _)| name == "pk" || name == "sk");
    let update = world.engine.client.update_item().table_name("main").set_key(Some(key.collect()));
    let update = update
        .update_expression("SET target.#state = :unknown")
        .expression_attribute_names("#state", "state")
        .expression_attribute_values(":unknown", AttributeValue::S("unknown".into()));
    aside(update.send()).await.unwrap();
}

#[tokio::test]
async fn a_target_that_cannot_be_read_waits_for_a_person() {
    let world = World::new().await;
    let (client, damaged) = world.connected("demo_shop").await;
    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "demo_cafe").await;
    let other = world.accounts(&client).await.into_iter().find(|it| it["handle"] == "demo_cafe").unwrap();
    let post = world.post(&client, &[&damaged, other["id"].as_str().unwrap()], "Hello", now()).await;
    opened(&world, &post).await;
    damage(&world, &damaged).await;
    world.tick().await;
    world.deliver().await;
    minutes(&world, 5).await;

    let targets = world.read(&post).await["targets"].clone();
    assert_eq!((&targets[0]["status"], &targets[1]["status"]), (&json!("unconfirmed"), &json!("published")));
    assert_eq!(targets[0]["error"]["code"], "state_unreadable");
    assert!(world.feed("demo_shop").await.is_empty(), "nothing is sent that may have been sent before");
    assert_eq!(next_due(&world).await, None, "it does not come back");
    let stored = item(&world, &damaged).await["target"].as_m().unwrap()["state"].clone();
    assert_eq!(stored, AttributeValue::S("unknown".into()), "what was stored is kept, so that its cause can be found");

    world.clock.advance(Duration::minutes(1));
    let path = format!("/v1/posts/{}/targets/{damaged}/resolve", post["id"].as_str().unwrap());
    let resolved = world.ask(Ask::post(&path, &json!({ "as": "not_published" })).key(&world.key)).await;
    assert_eq!(resolved.status, 200, "{}", resolved.text);
    assert_eq!(world.target(&post).await["status"], "failed");
}
