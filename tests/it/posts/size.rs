//! The size of stored items. DynamoDB takes items of at most 400 KB.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use shared::testing::Ask;

use crate::{
    costs::copies,
    publish::{answer, is_commit, minutes, now, settle},
    world::World,
};

const MAX_ITEM: usize = 400 * 1024;
/// One grapheme of 25 bytes, which counts as two characters on X.
const FAMILY: &str = "👨‍👩‍👧‍👦";

/// As DynamoDB counts: the UTF-8 bytes of names and values.
fn size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.len(),
        AttributeValue::L(list) => 3 + list.iter().map(|value| 1 + size(value)).sum::<usize>(),
        AttributeValue::M(map) => 3 + map.iter().map(|(name, value)| 1 + name.len() + size(value)).sum::<usize>(),
        _ => 1,
    }
}

/// The sizes of a post's items, by the beginning of the sort key.
async fn sizes(world: &World, post: &Value, kind: &str) -> Vec<usize> {
    let of_post = |item: &shared::store::Item| {
        item["pk"].as_s().unwrap().ends_with(post["id"].as_str().unwrap())
            && item["sk"].as_s().unwrap().starts_with(kind)
    };
    let items = world.engine.items().await;
    items.into_iter().filter(of_post).map(|item| size(&AttributeValue::M(item))).collect()
}

/// Fifty targets, each with the longest text that X takes, and as many attempts with the longest refusals as are kept.
#[tokio::test]
async fn every_item_of_the_largest_post_can_be_stored() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let accounts = copies(&world, &account, 50).await;
    let text = FAMILY.repeat(140);
    let overrides: serde_json::Map<_, _> =
        accounts.iter().map(|account| (account.clone(), json!({ "content": text }))).collect();
    let body = json!({
        "clientId": client, "content": text, "overrides": overrides, "schedule": now(),
        "targets": { "mode": "selection", "accountIds": accounts },
    });
    let created = world.ask(Ask::post("/v1/posts", &body).key(&world.key)).await;
    assert_eq!(created.status, 201, "{}", created.text);
    let post = created.data();

    let refusal = json!({ "title": "Too Many Requests", "detail": "ä".repeat(10_000) });
    world.network.hook(move |request| is_commit(request).then(|| Ok(answer(429, &refusal))));
    world.deliver().await;
    minutes(&world, 60).await;
    let published = json!({ "data": { "id": "1", "text": "" } });
    world.network.hook(move |request| is_commit(request).then(|| Ok(answer(201, &published))));
    settle(&world).await;
    assert_eq!(world.read(&post).await["status"], "published");

    let (head, content) = (sizes(&world, &post, "POST").await, sizes(&world, &post, "CONTENT").await);
    let targets = sizes(&world, &post, "TARGET").await;
    assert_eq!((head.len(), content.len(), targets.len()), (1, 1, 50));
    assert!(content[0] > 150 * 1024 && content[0] < MAX_ITEM, "{content:?}");
    assert!(head[0] < MAX_ITEM / 20, "{head:?}");
    assert!(targets.iter().all(|size| *size < MAX_ITEM / 20), "{targets:?}");
}
