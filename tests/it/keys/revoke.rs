//! Revoking a key alone, or with all keys that it minted, directly and indirectly.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{code, create, id, list, minted, revoke, text, works};
use crate::world::World;

/// A chain of keys, each minted by the one before, the first by the world's key.
async fn chain(world: &World, length: usize) -> Vec<Value> {
    let mut keys: Vec<Value> = Vec::new();
    for _ in 0..length {
        let minter = keys.last().map_or(world.key.clone(), |key| text(&key["key"]).to_owned());
        keys.push(minted(world, &minter, json!({})).await);
    }
    keys
}

async fn working(world: &World, keys: &[Value]) -> Vec<bool> {
    let mut working = Vec::new();
    for key in keys {
        working.push(works(world, key).await);
    }
    working
}

/// The ids of the other keys that were revoked as well.
fn also(answer: &shared::testing::TestResponse) -> BTreeSet<String> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.data()["alsoRevoked"].as_array().unwrap().iter().map(|id| text(id).to_owned()).collect()
}

fn names(keys: &[Value]) -> BTreeSet<String> {
    keys.iter().map(|key| text(&key["id"]).to_owned()).collect()
}

#[tokio::test]
async fn minted_keys_are_revoked_only_on_request() {
    let world = World::new().await;
    let keys = chain(&world, 4).await;
    let beside = minted(&world, &world.key, json!({})).await;
    let answer = revoke(&world, &world.key, &keys[1]["id"], "").await;
    assert_eq!((answer.status.as_u16(), answer.data().get("alsoRevoked")), (200, None));
    assert_eq!(working(&world, &keys).await, [true, false, true, true]);

    let all = revoke(&world, &world.key, &keys[0]["id"], "?minted=true").await;
    assert_eq!(also(&all), names(&keys[2..]), "also descendants of the second key, which was revoked before");
    assert_eq!(working(&world, &keys).await, [false; 4]);
    assert!(works(&world, &beside).await);
    assert_eq!(list(&world, &world.key).await.len(), 2);
    assert_eq!(list(&world, &world.key).await[1]["mintedBy"], json!(id(&world.key)));
}

#[tokio::test]
async fn revoking_again_gets_the_same_answer_and_can_include_minted_keys() {
    let world = World::new().await;
    let keys = chain(&world, 3).await;
    let first = revoke(&world, &world.key, &keys[0]["id"], "").await;
    let again = revoke(&world, &world.key, &keys[0]["id"], "").await;
    assert_eq!((again.status.as_u16(), again.data()), (200, first.data()));
    assert_eq!(working(&world, &keys).await, [false, true, true]);
    let listed = list(&world, &world.key).await;
    let child = listed.iter().find(|key| key["id"] == keys[1]["id"]).unwrap();
    assert_eq!(child["mintedBy"], keys[0]["id"], "the minter stays recorded");
    let all = revoke(&world, &world.key, &keys[0]["id"], "?minted=true").await;
    assert_eq!(also(&all), names(&keys[1..]));
    assert_eq!(working(&world, &keys).await, [false; 3]);
    assert!(also(&revoke(&world, &world.key, &keys[0]["id"], "?minted=true").await).is_empty());
}

#[tokio::test]
async fn descendants_of_revoked_keys_are_revoked_too() {
    let world = World::new().await;
    let leaked = minted(&world, &world.key, json!({})).await;
    let beside = minted(&world, &world.key, json!({})).await;
    let mut last = leaked.clone();
    for _ in 0..5 {
        let next = minted(&world, text(&last["key"]), json!({})).await;
        assert_eq!(revoke(&world, text(&last["key"]), &last["id"], "").await.status, 200);
        last = next;
    }
    assert!(works(&world, &last).await);
    let all = revoke(&world, &world.key, &leaked["id"], "?minted=true").await;
    assert_eq!(also(&all), names(&[last.clone()]));
    assert!(!works(&world, &last).await && works(&world, &beside).await);
}

#[tokio::test]
async fn a_key_can_revoke_itself_with_all_keys_that_it_minted() {
    let world = World::new().await;
    let keys = chain(&world, 3).await;
    let all = revoke(&world, text(&keys[0]["key"]), &keys[0]["id"], "?minted=true").await;
    assert_eq!(also(&all), names(&keys[1..]));
    assert_eq!(working(&world, &keys).await, [false; 3]);
    assert_eq!(list(&world, &world.key).await.len(), 1);
}

/// A misspelled `minted` would leave the minted keys active.
#[tokio::test]
async fn an_unknown_parameter_revokes_nothing() {
    let world = World::new().await;
    let keys = chain(&world, 2).await;
    for (query, at_fault) in [("?Minted=true", &["Minted"][..]), ("?minted=yes&all=true", &["minted", "all"])] {
        let answer = revoke(&world, &world.key, &keys[0]["id"], query).await;
        assert_eq!(code(&answer), (422, "validation_failed".into()));
        let faults = answer.json()["errors"].as_array().unwrap().clone();
        assert_eq!(faults.iter().map(|fault| text(&fault["path"])).collect::<Vec<_>>(), at_fault);
        assert_eq!(faults.last().unwrap()["message"], "is not a known parameter");
    }
    assert_eq!(working(&world, &keys).await, [true; 2]);
}

#[tokio::test]
async fn minted_is_true_or_false() {
    let world = World::new().await;
    let keys = chain(&world, 2).await;
    let answer = revoke(&world, &world.key, &keys[0]["id"], "?minted=yes").await;
    assert_eq!(code(&answer), (422, "validation_failed".into()));
    assert_eq!(answer.json()["errors"][0]["path"], "minted");
    assert_eq!(revoke(&world, &world.key, &keys[0]["id"], "?minted=false").await.status, 200);
    assert_eq!(working(&world, &keys).await, [false, true]);
    assert_eq!(code(&revoke(&world, &world.key, &json!("nobody"), "").await), (404, "not_found".into()));
}

#[tokio::test]
async fn a_revoked_key_cannot_mint() {
    let world = World::new().await;
    let key = minted(&world, &world.key, json!({})).await;
    assert_eq!(revoke(&world, &world.key, &key["id"], "").await.status, 200);
    assert_eq!(code(&world.ask(create(text(&key["key"]), json!({}))).await), (401, "unauthenticated".into()));
    assert_eq!(list(&world, &world.key).await.len(), 1);
}
