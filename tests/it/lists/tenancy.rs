//! Lists have only the caller's own resources: for everything else the answer is 404 or an empty list.

use shared::{id::AgencyId, tenant::Mode, testing::Ask};

use super::{bound, minted, none};
use crate::world::World;

#[tokio::test]
async fn lists_are_separate_per_mode_and_agency() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let (invite, _) = minted(&world, &client, &["x"]).await;
    let invites = format!("/v1/clients/{client}/connect-invites");
    let missing = "/v1/clients/cl_aaaaaaaaaaaaaaaaaaaaaaaaaa/connect-invites";
    for key in [world.agency(world.agency, Mode::Test).await, world.agency(AgencyId::random(), Mode::Live).await] {
        for path in ["/v1/clients", "/v1/accounts"] {
            let list = world.ask(Ask::get(path).key(&key)).await;
            assert_eq!((list.status.as_u16(), list.data()), (200, none()), "{path}");
        }
        let foreign = world.ask(Ask::get(&invites).key(&key)).await;
        let unknown = world.ask(Ask::get(missing).key(&key)).await;
        assert_eq!(
            (foreign.status.as_u16(), foreign.json()["detail"].clone()),
            (404, unknown.json()["detail"].clone())
        );
        for id in [&client, &account, &invite] {
            assert!(!foreign.text.contains(id.as_str()), "{}", foreign.text);
        }
    }
}

#[tokio::test]
async fn a_client_bound_key_lists_no_other_clients_invites() {
    let world = World::new().await;
    let (own, other) = (world.client("A").await, world.client("B").await);
    let (invite, _) = minted(&world, &own, &["x"]).await;
    minted(&world, &other, &["x"]).await;
    let key = bound(&world, &own).await;
    let list =
        async |client: &str| world.ask(Ask::get(&format!("/v1/clients/{client}/connect-invites")).key(&key)).await;
    assert_eq!(list(&own).await.data()[0]["inviteId"], invite.as_str());
    let (foreign, unknown) = (list(&other).await, list("cl_aaaaaaaaaaaaaaaaaaaaaaaaaa").await);
    assert_eq!((foreign.status.as_u16(), &foreign.json()["detail"]), (404, &unknown.json()["detail"]));
}

#[tokio::test]
async fn a_refused_list_shows_nothing_of_what_was_read() {
    let world = World::new().await;
    world.client("Autoloom").await;
    let stale = world.key.clone();
    world.revoke(&stale).await;
    let refused = world.ask(Ask::get("/v1/clients").key(&stale)).await;
    assert_eq!(refused.status, 401);
    assert!(!refused.text.contains("Autoloom"));
}
