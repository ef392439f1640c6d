//! The list of clients: its order, its pages, and concurrent changes.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::Duration;
use futures_util::future::join_all;
use shared::testing::Ask;

use super::{bound, get, none, page, pages};
use crate::{connect::tenant, world::World};

const PATH: &str = "/v1/clients";

/// Clients of these names, a second apart.
async fn create(world: &World, names: &[&str]) {
    for name in names {
        world.client(name).await;
        world.clock.advance(Duration::seconds(1));
    }
}

#[tokio::test]
async fn clients_are_listed_newest_first_with_the_same_object_as_read_alone() {
    let world = World::new().await;
    create(&world, &["A", "B", "C"]).await;
    assert_eq!(pages(&world, PATH, 100, "name").await, [["C", "B", "A"]]);
    let list = get(&world, PATH).await;
    let first = list.data()[0].clone();
    let alone = get(&world, &format!("{PATH}/{}", first["id"].as_str().unwrap())).await.data();
    assert_eq!(first, alone);
    assert_eq!(list.json()["page"]["cursor"], serde_json::Value::Null);
}

#[tokio::test]
async fn an_agency_without_clients_has_an_empty_page() {
    let world = World::new().await;
    let list = get(&world, PATH).await;
    assert_eq!((list.status.as_u16(), list.data()), (200, none()));
    assert_eq!(list.json()["page"]["hasMore"], false);
}

#[tokio::test]
async fn each_page_but_the_last_has_the_next_cursor() {
    let world = World::new().await;
    create(&world, &["A", "B", "C", "D", "E"]).await;
    assert_eq!(pages(&world, PATH, 2, "name").await, [vec!["E", "D"], vec!["C", "B"], vec!["A"]]);
    assert_eq!(pages(&world, PATH, 5, "name").await.len(), 1, "a full last page has no cursor");
    assert_eq!(pages(&world, PATH, 4, "name").await, [vec!["E", "D", "C", "B"], vec!["A"]]);
    assert_eq!(pages(&world, PATH, 1, "name").await.len(), 5);
    assert_eq!(page(&world, &world.key, PATH, "name").await.0.len(), 5, "the default limit is twenty");
}

#[tokio::test]
async fn a_page_repeats_the_cursor_of_its_request() {
    let world = World::new().await;
    create(&world, &["A", "B", "C"]).await;
    let (_, next) = page(&world, &world.key, &format!("{PATH}?limit=2"), "name").await;
    let cursor = next.unwrap();
    let second = get(&world, &format!("{PATH}?limit=2&cursor={cursor}")).await.json();
    assert_eq!(second["page"]["cursor"], cursor);
}

#[tokio::test]
async fn more_than_a_hundred_clients_of_one_moment_are_listed_once_each() {
    let world = World::new().await;
    let names: Vec<String> = (0..130).map(|n| format!("Client {n}")).collect();
    join_all(names.iter().map(|name| world.client(name))).await;
    for limit in [100, 7] {
        let pages = pages(&world, PATH, limit, "name").await;
        assert!(pages.iter().rev().skip(1).all(|page| page.len() == limit), "{limit}");
        let all: Vec<_> = pages.into_iter().flatten().collect();
        let distinct: BTreeSet<_> = all.iter().collect();
        assert_eq!((all.len(), distinct), (130, names.iter().collect()), "{limit}");
    }
}

#[tokio::test]
async fn pages_are_stable_under_inserts() {
    let world = World::new().await;
    create(&world, &["A", "B", "C", "D"]).await;
    let (first, next) = page(&world, &world.key, &format!("{PATH}?limit=2"), "name").await;
    create(&world, &["E", "F", "G"]).await;
    let rest = format!("{PATH}?limit=2&cursor={}", next.unwrap());
    let (second, next) = page(&world, &world.key, &rest, "name").await;
    assert_eq!((first, second, next), (vec!["D".into(), "C".into()], vec!["B".into(), "A".into()], None));
}

#[tokio::test]
async fn unprocessed_keys_are_requested_again() {
    let world = World::new().await;
    let names: Vec<String> = (0..48).map(|n| format!("Client {n}")).collect();
    let ids = join_all(names.iter().map(|name| world.client(name))).await;
    let before = pages(&world, PATH, 100, "id").await;
    // Together they exceed the 16 MB of one answer.
    let padding = "p".repeat(370 * 1024);
    for id in ids {
        let key = |text: String| AttributeValue::S(text);
        let update = world.engine.client.update_item().table_name("main").update_expression("SET padding = :p");
        let update = update.key("pk", key(format!("T#{}#C#{id}", tenant(&world)))).key("sk", key("CLIENT".into()));
        update.expression_attribute_values(":p", key(padding.clone())).send().await.unwrap();
    }
    let _ = world.engine.calls();
    assert_eq!(pages(&world, PATH, 100, "id").await, before, "all are listed, in order");
    assert_eq!(world.engine.calls()["BatchGetItem"], 2);
}

#[tokio::test]
async fn a_known_name_under_another_idempotency_key_is_listed_once() {
    let world = World::new().await;
    create(&world, &["A"]).await;
    create(&world, &["A"]).await;
    assert_eq!(pages(&world, PATH, 10, "name").await, [["A"]]);
}

#[tokio::test]
async fn a_client_bound_key_lists_only_that_client() {
    let world = World::new().await;
    create(&world, &["A", "B", "C"]).await;
    let own = world.client("B").await;
    let key = bound(&world, &own).await;
    for limit in [1, 2, 100] {
        let (names, next) = page(&world, &key, &format!("{PATH}?limit={limit}"), "name").await;
        assert_eq!((names, next), (vec!["B".to_owned()], None));
    }
    let (_, of_all) = page(&world, &world.key, &format!("{PATH}?limit=1"), "name").await;
    let behind = page(&world, &key, &format!("{PATH}?cursor={}", of_all.unwrap()), "name").await;
    assert_eq!(behind, (vec![], None), "a cursor of the agency's list gives no other client");
    let refused = world.ask(Ask::get(&format!("{PATH}?limit=0")).key(&key)).await;
    assert_eq!(refused.status, 422);
}
