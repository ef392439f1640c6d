//! Removing the old version too early: what was made with it ends, is reported as ended, and can be made again.

use chrono::Duration;
use serde_json::{Value, json};
use shared::testing::Ask;

use super::{Process, linked, secrets, start};
use crate::{
    connect::{count, headed},
    world::{World, atproto::AtProtocol},
};

#[tokio::test]
async fn a_link_expires_with_its_version() {
    let world = World::new().await;
    let network = AtProtocol::install(&world);
    let [_, added, _, removed] = secrets().map(|secret| Process::new(&world, &secret));
    let (client, link) = linked(&world, &added).await;
    let minted = added.mint(&world, &client).await;
    network.publish(&added.functions.client_metadata);
    let (cookie, callback) = start(&world, &network, &added, &link, "bluesky").await;

    assert_eq!(headed(&removed.ask(Ask::get(&link)).await), (410, "This link has expired"));
    assert_eq!(headed(&removed.press(&link, "x").await), (410, "This link has expired"));
    let page = removed.ask(Ask::get(&callback).header("cookie", &cookie)).await;
    assert_eq!(headed(&page), (400, "We could not tell which connection this belongs to"));
    assert_eq!(count(&world, "ATTEMPT").await, 0);

    let read = removed.read_invite(&world, &minted).await;
    let said = ["status", "url", "token"].map(|name| read[name].clone());
    assert_eq!(said, [json!("expired"), Value::Null, Value::Null]);
    let replayed = removed.mint(&world, &client).await;
    assert_eq!((&replayed["inviteId"], &replayed["url"]), (&minted["inviteId"], &Value::Null));

    let new = super::path(&removed.mint_with(&world, &client, "another").await);
    assert_eq!(removed.ask(Ask::get(&new)).await.status, 200);
}

/// A client whose X and Bluesky accounts were connected before the rotation, and a post to both.
async fn connected(world: &World, network: &AtProtocol) -> (String, Value) {
    let [before, ..] = secrets().map(|secret| Process::new(world, &secret));
    network.publish(&before.functions.client_metadata);
    let (client, link) = linked(world, &before).await;
    for platform in ["x", "bluesky"] {
        let (cookie, callback) = start(world, network, &before, &link, platform).await;
        assert_eq!(before.ask(Ask::get(&callback).header("cookie", &cookie)).await.status, 303);
    }
    let post = posted(world, &client).await;
    (client, post)
}

async fn posted(world: &World, client: &str) -> Value {
    let accounts = world.accounts(client).await;
    let ids: Vec<&str> = accounts.iter().map(|account| account["id"].as_str().unwrap()).collect();
    let post = world.post(client, &ids, "Hello", json!({ "type": "now" })).await;
    world.lose_messages();
    post
}

/// The platform and status of each account.
async fn statuses(world: &World, client: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let accounts = world.accounts(client).await;
    let mut all: Vec<_> = accounts.iter().map(|it| (text(&it["platform"]), text(&it["status"]))).collect();
    all.sort();
    all
}

fn are(bluesky: &str, x: &str) -> Vec<(String, String)> {
    vec![("bluesky".into(), bluesky.into()), ("x".into(), x.into())]
}

#[tokio::test]
async fn an_account_has_to_be_reconnected_when_its_vault_key_is_removed() {
    let world = World::new().await;
    let network = AtProtocol::install(&world);
    let (client, post) = connected(&world, &network).await;
    let [_, _, current, removed] = secrets();
    let removed = Process::with(&world, [&current, &removed, &current]);
    world.network.seen();
    removed.publish(&world, &post).await;
    assert!(world.network.seen().is_empty(), "without tokens nothing is sent");
    for target in world.read(&post).await["targets"].as_array().unwrap() {
        assert_eq!((&target["status"], &target["error"]["code"]), (&json!("held"), &json!("reconnect_required")));
    }
    assert_eq!(statuses(&world, &client).await, are("reconnect_required", "reconnect_required"));

    // After a reconnect the accounts keep their ids, and the held post is published.
    let ids = |accounts: Vec<Value>| accounts.into_iter().map(|it| it["id"].clone()).collect::<Vec<_>>();
    let before = ids(world.accounts(&client).await);
    network.publish(&removed.functions.client_metadata);
    world.clock.advance(Duration::minutes(11));
    let link = super::path(&removed.mint_with(&world, &client, "again").await);
    for platform in ["x", "bluesky"] {
        let (cookie, callback) = start(&world, &network, &removed, &link, platform).await;
        assert_eq!(removed.ask(Ask::get(&callback).header("cookie", &cookie)).await.status, 303);
    }
    assert_eq!(ids(world.accounts(&client).await), before);
    world.clock.advance(Duration::minutes(16));
    removed.publish(&world, &post).await;
    assert_eq!(world.read(&post).await["status"], "published");
}

#[tokio::test]
async fn an_account_whose_vault_key_is_removed_can_be_disconnected() {
    let world = World::new().await;
    let network = AtProtocol::install(&world);
    let (client, _) = connected(&world, &network).await;
    let removed = Process::new(&world, &secrets()[3]);
    for account in world.accounts(&client).await {
        assert_eq!(removed.disconnect(&world, &account).await["revokedAtPlatform"], false);
    }
    assert_eq!(count(&world, "GRANT").await, 0);
}

/// The access token can be used until it expires; only a refresh needs the client key.
#[tokio::test]
async fn a_bluesky_account_has_to_be_reconnected_when_its_client_key_is_removed() {
    let world = World::new().await;
    let network = AtProtocol::install(&world);
    let (client, post) = connected(&world, &network).await;
    let [_, _, current, removed] = secrets();
    let removed = Process::with(&world, [&current, &current, &removed]);
    removed.publish(&world, &post).await;
    assert_eq!(world.read(&post).await["status"], "published");

    world.clock.advance(Duration::hours(2));
    let post = posted(&world, &client).await;
    world.network.seen();
    removed.publish(&world, &post).await;
    assert_eq!(statuses(&world, &client).await, are("reconnect_required", "connected"));
    let asked = world.network.seen().into_iter().filter(|call| call.contains("auth.test")).count();
    assert_eq!(asked, 0, "no refresh is tried with another key, because that would end the session at the server");
    let post = world.read(&post).await;
    let held = post["targets"].as_array().unwrap().iter().filter(|it| it["status"] == "held").count();
    assert_eq!((&post["status"], held), (&json!("needs_attention"), 1), "{post}");
}

/// A process that does not know a newer key must not treat it as removed.
#[tokio::test]
async fn a_grant_with_a_newer_client_key_is_postponed_and_not_ended() {
    let world = World::new().await;
    let network = AtProtocol::install(&world);
    let [before, added, current, _] = secrets();
    let (before, late) = (Process::new(&world, &current), Process::with(&world, [&current, &current, &before]));
    network.publish(&Process::new(&world, &added).functions.client_metadata);
    let (client, link) = linked(&world, &before).await;
    for platform in ["x", "bluesky"] {
        let (cookie, callback) = start(&world, &network, &before, &link, platform).await;
        assert_eq!(before.ask(Ask::get(&callback).header("cookie", &cookie)).await.status, 303);
    }
    world.clock.advance(Duration::hours(2));
    let post = posted(&world, &client).await;
    late.publish(&world, &post).await;
    assert_eq!(statuses(&world, &client).await, are("connected", "connected"));
    world.clock.advance(Duration::minutes(1));
    before.publish(&world, &post).await;
    assert_eq!(world.read(&post).await["status"], "published");
}
