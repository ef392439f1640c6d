//! The DynamoDB units that each request consumes, held to the table in docs/operating.md. The engine counts as DynamoDB does.

use std::{collections::HashMap, fs};

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use chrono::Duration;
use serde_json::json;
use shared::{
    id::{AccountId, GrantId},
    secrets::{EncryptionContext, VaultKeys},
    testing::Ask,
};

use crate::{
    connect::tenant,
    permissions::aside,
    publish::{answer, is_commit},
    template::root,
    world::{Browser, SECRET, World},
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

/// Write units from the creation of a post until its last target is published, by the number of its targets.
#[tokio::test]
async fn the_cost_of_a_post_grows_with_its_targets_and_no_faster() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let ids = copies(&world, &account, 50).await;
    let published = json!({ "data": { "id": "1", "text": "" } });
    world.network.hook(move |request| is_commit(request).then(|| Ok(answer(201, &published))));
    let text = "New drop is live. ".repeat(12);
    for (targets, most) in [(1, 23.0), (5, 75.0), (50, 660.0)] {
        let ids: Vec<&str> = ids[..targets].iter().map(String::as_str).collect();
        let _ = world.engine.units();
        let post = world.post(&client, &ids, &text, json!({ "type": "now" })).await;
        world.deliver().await;
        let writes = world.engine.units().writes;
        assert_eq!(world.read(&post).await["status"], "published");
        println!("{targets} targets: {writes} write units");
        assert!(writes <= most, "{targets} targets: {writes} write units, at most {most}");
    }
}

/// Stores copies of an account of the world's agency under other ids, each with a copy of its grant.
pub(crate) async fn copies(world: &World, account: &str, count: usize) -> Vec<String> {
    let items = world.engine.items().await;
    let find = |sk: String| items.iter().find(|item| item["sk"] == AttributeValue::S(sk.clone())).unwrap().clone();
    let mut item = find(format!("ACCOUNT#{account}"));
    let mut grant = find("GRANT".into());
    let text = |item: &HashMap<String, AttributeValue>, name: &str| item[name].as_s().unwrap().clone();
    let keys = VaultKeys::parse(SECRET).unwrap();
    let context = EncryptionContext {
        tenant: tenant(world),
        account: account.parse().unwrap(),
        grant: text(&item, "grant").parse().unwrap(),
        version: 1,
    };
    let tokens = keys.open(&context, grant["sealed"].as_b().unwrap().as_ref()).unwrap();
    let mut ids = vec![account.to_owned()];
    while ids.len() < count {
        let context = EncryptionContext { account: AccountId::random(), grant: GrantId::random(), ..context };
        let text = |text: String| AttributeValue::S(text);
        item.insert("sk".into(), text(format!("ACCOUNT#{}", context.account)));
        item.insert("id".into(), text(context.account.to_string()));
        item.insert("grant".into(), text(context.grant.to_string()));
        grant.insert("pk".into(), text(format!("GRANT#{}", context.grant)));
        grant.insert("sealed".into(), AttributeValue::B(Blob::new(keys.seal(&context, &tokens))));
        for (table, item) in [("main", &item), ("vault", &grant)] {
            let put = world.engine.client.put_item().table_name(table).set_item(Some(item.clone()));
            aside(put.send()).await.unwrap();
        }
        ids.push(context.account.to_string());
    }
    ids
}
