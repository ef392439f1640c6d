//! Rotating the secrets while processes that read them before and after each step run side by side.
//!
//! Each process reads its secrets once. A version is therefore first added, then made current, and then the old one is
//! removed, with a restart of every process in between, so that only processes of adjacent steps run at once.

mod process;
mod removal;

use chrono::Duration;
use serde_json::{Value, json};
use shared::{id::GrantId, testing::Ask};

use crate::{
    connect::{count, headed, said, stored, tenant, vault_of},
    world::{World, atproto::AtProtocol, consent},
};
use process::Process;

const ONE: &str = r#""1":"a secret of a test, long enough to be one""#;
const TWO: &str = r#""2":"the one that came with a rotation, as long""#;

/// The secret before the rotation, with the new version added, with that version current, and with the old one removed.
fn secrets() -> [String; 4] {
    [
        format!("{{{ONE}}}"),
        format!(r#"{{{ONE},{TWO},"current":"1"}}"#),
        format!("{{{ONE},{TWO}}}"),
        format!("{{{TWO}}}"),
    ]
}

/// Creates a client and mints a link for X and Bluesky by this process: the client's id and the link's path.
async fn linked(world: &World, by: &Process) -> (String, String) {
    let client = world.client("Autoloom").await;
    let minted = by.mint(world, &client).await;
    let link = path(&minted);
    (client, link)
}

fn path(invite: &Value) -> String {
    invite["url"].as_str().unwrap_or_else(|| panic!("{invite}")).replace(crate::world::URL, "")
}

/// Starts an attempt at one process and consents: the cookie and the callback.
async fn start(world: &World, network: &AtProtocol, by: &Process, link: &str, platform: &str) -> (String, String) {
    let (cookie, url) = by.start(link, platform).await;
    let callback = if platform == "x" { consent(world, &url, "busy_shop").await } else { network.approve(&url) };
    (cookie, callback)
}

/// Publishes to both accounts by one process, with this text.
async fn publish(world: &World, by: &Process, client: &str, what: &str) {
    let accounts = world.accounts(client).await;
    let ids: Vec<&str> = accounts.iter().map(|account| account["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2);
    let content = format!("{what}: {}", GrantId::random());
    let post = world.post(client, &ids, &content, json!({ "type": "now" })).await;
    world.lose_messages();
    by.publish(world, &post).await;
    let post = world.read(&post).await;
    assert_eq!(post["status"], "published", "{post}");
}

/// The version of the vault secret that each grant is encrypted with.
async fn sealed_with(world: &World) -> Vec<u8> {
    let items = world.engine.items().await;
    items.iter().filter_map(|item| Some(item.get("sealed")?.as_b().unwrap().as_ref()[0])).collect()
}

/// Asserts that `used_by` can use everything that `made_by` makes.
async fn works(made_by: &str, used_by: &str, document_by: &str) {
    let world = World::new().await;
    let network = AtProtocol::install(&world);
    let (maker, user) = (Process::new(&world, made_by), Process::new(&world, used_by));
    network.publish(&Process::new(&world, document_by).functions.client_metadata);

    // A link: its page, reading it, and a replay of its minting.
    let (client, link) = linked(&world, &maker).await;
    assert_eq!(user.ask(Ask::get(&link)).await.status, 200);
    let minted = maker.mint(&world, &client).await;
    assert_eq!(path(&minted), link, "a replay");
    assert_eq!(user.mint(&world, &client).await, minted, "a replay at the other process");
    let read = user.read_invite(&world, &minted).await;
    assert_eq!((path(&read), &read["status"]), (link.clone(), &json!("open")));

    // An attempt: its state, PKCE verifier, DPoP key and client key.
    for platform in ["x", "bluesky"] {
        let (cookie, callback) = start(&world, &network, &maker, &link, platform).await;
        let page = user.ask(Ask::get(&callback).header("cookie", &cookie)).await;
        assert_eq!(page.status, 303, "{platform}: {}", page.text);
    }

    // A grant: encrypted by one, decrypted and encrypted again by the other, and back.
    assert_eq!(sealed_with(&world).await, [user.version, user.version]);
    publish(&world, &maker, &client, "Opened").await;
    for (worker, other) in [(&maker, &user), (&user, &maker)] {
        world.clock.advance(Duration::hours(2));
        publish(&world, worker, &client, "Refreshed").await;
        assert_eq!(sealed_with(&world).await, [worker.version, worker.version], "sealed anew");
        publish(&world, other, &client, "Opened where it was not sealed").await;
    }
    for account in world.accounts(&client).await {
        let answer = user.disconnect(&world, &account).await;
        assert_eq!(answer["revokedAtPlatform"], true, "{account}");
    }
}

#[tokio::test]
async fn processes_of_adjacent_rotation_steps_can_use_what_the_other_makes() {
    let [before, added, current, _] = secrets();
    for (made_by, used_by) in [
        (&before, &before),
        (&before, &added),
        (&added, &before),
        (&added, &added),
        (&added, &current),
        (&current, &added),
        (&current, &current),
    ] {
        for document_by in [made_by, used_by] {
            works(made_by, used_by, document_by).await;
        }
    }
}

/// Servers cache the metadata document for ten minutes, so it has to contain the new key before that key is used.
#[tokio::test]
async fn a_cached_metadata_document_contains_the_next_key() {
    let world = World::new().await;
    let network = AtProtocol::install(&world);
    let [before, added, current, _] = secrets().map(|secret| Process::new(&world, &secret));
    let (_, link) = linked(&world, &before).await;
    for (document, at, expected) in [(&added, &before, 200), (&before, &current, 200), (&before, &before, 200)] {
        network.publish(&document.functions.client_metadata);
        let page = at.press(&link, "bluesky").await;
        assert_eq!(page.status, expected, "with the cached document: {}", page.text);
        world.clock.advance(Duration::minutes(4));
    }
    // Fetched again from a process that does not know the new key: this is why the first step has to be complete.
    let page = current.press(&link, "bluesky").await;
    assert_eq!(said(&page), (502, "exchange_refused"));
}

/// Without the step in between, a process cannot use what was made with a version that it does not know.
#[tokio::test]
async fn a_rotation_in_one_step_fails_temporarily_and_loses_nothing() {
    let world = World::new().await;
    let network = AtProtocol::install(&world);
    let [before, added, current, _] = secrets().map(|secret| Process::new(&world, &secret));
    network.publish(&added.functions.client_metadata);
    let (client, link) = linked(&world, &current).await;
    assert_eq!(headed(&before.ask(Ask::get(&link)).await), (404, "This link is not known"));

    let old = path(&before.mint_with(&world, &client, "old").await);
    let (cookie, callback) = start(&world, &network, &current, &old, "bluesky").await;
    let page = before.ask(Ask::get(&callback).header("cookie", &cookie)).await;
    assert_eq!(headed(&page), (400, "We could not tell which connection this belongs to"));
    assert_eq!(count(&world, "ATTEMPT").await, 0, "no attempt is spent");
    assert_eq!(current.ask(Ask::get(&callback).header("cookie", &cookie)).await.status, 303);
    let (cookie, callback) = start(&world, &network, &current, &old, "x").await;
    assert_eq!(current.ask(Ask::get(&callback).header("cookie", &cookie)).await.status, 303);

    let accounts = world.accounts(&client).await;
    let ids: Vec<&str> = accounts.iter().map(|account| account["id"].as_str().unwrap()).collect();
    let post = world.post(&client, &ids, "Later", json!({ "type": "now" })).await;
    world.lose_messages();
    assert!(before.try_publish(&world, &post).await.is_err(), "the message is delivered again");
    assert!(world.accounts(&client).await.iter().all(|account| account["status"] == "connected"));
    world.clock.advance(Duration::minutes(2));
    current.publish(&world, &post).await;
    assert_eq!(world.read(&post).await["status"], "published");
}

#[tokio::test]
async fn a_session_keeps_its_client_key_after_a_rotation() {
    let world = World::new().await;
    let network = AtProtocol::install(&world);
    let [before, added, current, _] = secrets().map(|secret| Process::new(&world, &secret));
    network.publish(&added.functions.client_metadata);
    let (client, link) = linked(&world, &before).await;
    for platform in ["bluesky", "x"] {
        let (cookie, callback) = start(&world, &network, &before, &link, platform).await;
        assert_eq!(before.ask(Ask::get(&callback).header("cookie", &cookie)).await.status, 303);
    }
    for _ in 0..2 {
        world.clock.advance(Duration::hours(2));
        publish(&world, &current, &client, "Refreshed").await;
    }
    let secret = &secrets()[2];
    let mut keys = Vec::new();
    for account in stored(&world, &client).await {
        let grant = vault_of(&world, secret).find(tenant(&world), &account).await.unwrap().unwrap();
        keys.extend(grant.tokens.bound.map(|bound| bound.client_key));
    }
    assert_eq!((keys, current.version), (vec![Some(1)], 2));
}
