//! Revoking a link: it connects nothing from then on, also for a customer who has started already.

use std::sync::{Arc, Mutex};

use http::Method;
use serde_json::json;
use shared::{
    id::AgencyId,
    tenant::{Mode, Tenant},
    testing::Ask,
};

use super::{delete, get, minted};
use crate::{
    connect::{TOKEN, count, headed, is, publish, tables, wait},
    world::{Browser, World},
};

const REVOKED: (u16, &str) = (410, "This link was withdrawn");

fn one(invite: &str) -> String {
    format!("/v1/connect-invites/{invite}")
}

#[tokio::test]
async fn a_revoked_link_says_so_and_starts_nothing() {
    let world = World::new().await;
    let client = world.client("A").await;
    let (id, link) = minted(&world, &client, &["x", "tiktok"]).await;
    let (other, still) = minted(&world, &client, &["x"]).await;
    let answer = delete(&world, &world.key, &one(&id)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let data = answer.data();
    assert_eq!((&data["inviteId"], &data["status"]), (&json!(id), &json!("revoked")));
    assert!(!answer.text.contains("inv_"), "{}", answer.text);

    let mut browser = Browser::default();
    assert_eq!(headed(&browser.get(&world, &link).await), REVOKED);
    assert_eq!(headed(&browser.press(&world, &format!("{link}/x"), "").await), REVOKED);
    assert_eq!(get(&world, &one(&id)).await.data()["status"], "revoked");
    assert_eq!(get(&world, &one(&other)).await.data()["status"], "open");
    assert_eq!(browser.get(&world, &still).await.status, 200);
}

#[tokio::test]
async fn revoking_again_changes_nothing() {
    let world = World::new().await;
    let (id, _) = minted(&world, &world.client("A").await, &["x"]).await;
    let first = delete(&world, &world.key, &one(&id)).await;
    let before = tables(&world).await;
    let _ = world.engine.calls();
    let second = delete(&world, &world.key, &one(&id)).await;
    assert_eq!((second.status.as_u16(), second.data()), (200, first.data()));
    assert_eq!(tables(&world).await, before);
    assert_eq!(world.engine.calls().get("UpdateItem"), Some(&1), "the gate's");
}

#[tokio::test]
async fn revoking_a_deleted_invite_does_not_create_it() {
    let world = World::new().await;
    let before = tables(&world).await;
    world.store.revoke_invite("ci_aaaaaaaaaaaaaaaaaaaaaaaaaa".parse().unwrap()).await.unwrap();
    assert_eq!(tables(&world).await, before);
}

/// Its key does not contain the tenant. The answer compares it once more, so this rule is tested by itself.
#[tokio::test]
async fn the_store_finds_an_invite_for_its_own_tenant_alone() {
    let world = World::new().await;
    let (id, _) = minted(&world, &world.client("A").await, &["x"]).await;
    let (id, own) = (id.parse().unwrap(), Tenant { agency: world.agency, mode: Mode::Live });
    assert!(world.store.find_invite_of(own, id).await.unwrap().is_some());
    for other in [Tenant { mode: Mode::Test, ..own }, Tenant { agency: AgencyId::random(), ..own }] {
        assert_eq!(world.store.find_invite_of(other, id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_account_stays_connected_when_its_link_is_revoked() {
    let world = World::new().await;
    let client = world.client("A").await;
    let (id, link) = minted(&world, &client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "demo_shop").await;
    assert_eq!(delete(&world, &world.key, &one(&id)).await.data()["platformsConnected"], json!(["x"]));
    let account = world.accounts(&client).await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(publish(&world, &client, &account, "still here").await["status"], "published");
}

#[tokio::test]
async fn a_callback_after_the_revocation_exchanges_nothing() {
    let world = World::new().await;
    let client = world.client("A").await;
    let (id, link) = minted(&world, &client, &["x"]).await;
    let mut browser = Browser::default();
    let callback = browser.authorize_x(&world, &link, "demo_shop").await;
    delete(&world, &world.key, &one(&id)).await;
    let _ = world.network.seen();
    assert_eq!(headed(&browser.follow(&world, &callback).await), REVOKED);
    assert!(world.network.seen().is_empty());
    assert_eq!((world.accounts(&client).await.len(), count(&world, "GRANT").await), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_in_progress_during_the_revocation_connects_nothing() {
    let world = Arc::new(World::new().await);
    let client = world.client("A").await;
    let (id, link) = minted(&world, &client, &["x"]).await;
    let mut browser = Browser::default();
    let callback = browser.authorize_x(&world, &link, "demo_shop").await;
    let (agency, path, answered) = (Arc::clone(&world), one(&id), Arc::new(Mutex::new(None)));
    let kept = Arc::clone(&answered);
    world.network.hook(move |request| {
        if is(request, TOKEN) {
            *kept.lock().unwrap() = Some(wait(delete(&agency, &agency.key, &path)).status.as_u16());
        }
        None
    });
    assert_eq!(headed(&browser.follow(&world, &callback).await), REVOKED);
    world.network.unhook();
    assert_eq!(*answered.lock().unwrap(), Some(200), "revoked while the code was exchanged");
    assert_eq!((world.accounts(&client).await.len(), count(&world, "GRANT").await), (0, 0));
}

#[tokio::test]
async fn only_its_owner_can_revoke_a_link() {
    let world = World::new().await;
    let (client, other) = (world.client("A").await, world.client("B").await);
    let (id, link) = minted(&world, &client, &["x"]).await;
    let strangers = [
        world.agency(shared::id::AgencyId::random(), Mode::Live).await,
        world.agency(world.agency, Mode::Test).await,
        super::bound(&world, &other).await,
    ];
    let missing = delete(&world, &world.key, &one("ci_aaaaaaaaaaaaaaaaaaaaaaaaaa")).await;
    for key in strangers {
        let refused = delete(&world, &key, &one(&id)).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["detail"]), (404, &missing.json()["detail"]));
        let read = world.ask(Ask::new(Method::GET, &one(&id)).key(&key)).await;
        assert_eq!((read.status.as_u16(), &read.json()["detail"]), (404, &missing.json()["detail"]));
    }
    assert_eq!(Browser::default().get(&world, &link).await.status, 200);
    let own = super::bound(&world, &client).await;
    assert_eq!(delete(&world, &own, &one(&id)).await.status, 200);
}
