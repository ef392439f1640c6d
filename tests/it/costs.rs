//! The DynamoDB units that each request consumes, held to the table in docs/operating.md. The engine counts as DynamoDB does.

use std::fs;

use chrono::Duration;
use serde_json::json;
use shared::testing::Ask;

use crate::{
    template::root,
    world::{Browser, World},
};

/// A row of the table: the units consumed since the last row.
fn row(world: &World, what: &str) -> String {
    let units = world.engine.units();
    format!("| {what} | {} | {} |", units.reads, units.writes)
}

#[tokio::test]
async fn the_consumed_units_are_those_in_the_operators_guide() {
    let world = World::new().await;
    let mut rows = Vec::new();
    let _ = world.engine.units();
    let client = world.client("Autoloom Detailing").await;
    rows.push(row(&world, "create a client"));
    let link = world.link(&client, &["x"]).await;
    rows.push(row(&world, "mint a connect link"));
    let page = Browser::default().connect_x(&world, &link, "demo_shop").await;
    assert_eq!(page.status, 200);
    rows.push(row(&world, "a customer connects an account: page, start, callback, page"));

    let account = world.accounts(&client).await[0]["id"].as_str().unwrap().to_owned();
    rows.push(row(&world, "list a client's accounts"));
    world.tick().await;
    rows.push(row(&world, "a tick with nothing to do"));

    let text = "New drop is live. ".repeat(12);
    let at = world.now() + Duration::minutes(30);
    let post = world.post(&client, &[&account], &text, json!({ "type": "at", "scheduledAt": at })).await;
    rows.push(row(&world, "schedule a post for one account"));
    world.clock.set(at - Duration::minutes(1));
    world.tick().await;
    let _ = world.engine.units();
    world.pass(Duration::minutes(2)).await;
    rows.push(row(&world, "publish it on X"));
    assert_eq!(world.read(&post).await["status"], "published");
    rows.push(row(&world, "get a post"));
    let list = world.ask(Ask::get("/v1/posts?limit=20").key(&world.key)).await;
    assert_eq!(list.status, 200);
    rows.push(row(&world, "list posts, of which there is one"));

    let guide = fs::read_to_string(root().join("docs/operating.md")).unwrap();
    let missing: Vec<_> = rows.iter().filter(|row| !guide.contains(row.as_str())).collect();
    assert!(missing.is_empty(), "docs/operating.md lacks\n{missing:#?}\nof\n{}", rows.join("\n"));
}
