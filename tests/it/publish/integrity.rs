//! An attacker who can write the main table, but not the vault, cannot post as another account.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::store;

use super::{now, opened, stored};
use crate::{
    permissions::aside,
    world::{Browser, World},
};

#[tokio::test]
async fn an_account_that_refers_to_the_grant_of_another_publishes_nothing() {
    let world = World::new().await;
    let (victim_client, _) = world.connected("demo_shop").await;
    let victim = stored(&world, &victim_client).await.remove(0);
    let client = world.client("Attacker").await;
    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "demo_cafe").await;
    let own = stored(&world, &client).await.remove(0);

    let items = world.engine.items().await;
    let item = items.iter().find(|item| item["sk"] == AttributeValue::S(format!("ACCOUNT#{}", own.id))).unwrap();
    let update = world.engine.client.update_item().table_name("main").key("pk", item["pk"].clone());
    let update = update
        .key("sk", item["sk"].clone())
        .update_expression("SET #grant = :other")
        .expression_attribute_names("#grant", "grant")
        .expression_attribute_values(":other", AttributeValue::S(victim.grant.to_string()));
    aside(update.send()).await.unwrap();

    let post = world.post(&client, &[&own.id.to_string()], "As somebody else", now()).await;
    let message = opened(&world, &post).await;
    let done = world.publish(publish_target::handle(&world.functions.publish_target, message)).await;
    assert!(matches!(done, Err(store::Error::Corrupt(_))), "{done:?}");
    assert!(world.feed("demo_shop").await.is_empty());
    assert!(world.feed("demo_cafe").await.is_empty());
}
