//! No key gains permissions by minting, replaying, listing or revoking keys: neither another mode, nor another client, nor
//! more scopes.

use serde_json::{Value, json};
use shared::{id::AgencyId, tenant::Mode, testing::Ask};

use super::{code, create, id, list, minted, revoke, text, works};
use crate::world::World;

fn ids(keys: &[Value]) -> Vec<&str> {
    keys.iter().map(|key| text(&key["id"])).collect()
}

/// The agency's live key, and keys with fewer permissions: of test mode, bound to a client, with few scopes.
struct Keys {
    world: World,
    test: String,
    client: String,
    other: String,
    bound: String,
    narrow: String,
}

impl Keys {
    async fn new() -> Self {
        let world = World::new().await;
        let test = world.agency(world.agency, Mode::Test).await;
        let (client, other) = (world.client("Own").await, world.client("Other").await);
        let bound = world.bound_key(Mode::Live, client.parse().unwrap()).await;
        let narrow = minted(&world, &world.key, json!({})).await;
        let narrow = text(&narrow["key"]).to_owned();
        Self { world, test, client, other, bound, narrow }
    }
}

#[tokio::test]
async fn minting_cannot_escalate() {
    let Keys { world, test, client, other, bound, narrow } = Keys::new().await;
    let of_test = minted(&world, &test, json!({})).await;
    assert!(text(&of_test["key"]).starts_with("obh_test_"));
    let forged = text(&of_test["key"]).replace("obh_test_", "obh_live_");
    assert!(!works(&world, &json!({ "key": forged })).await);
    let live = world.ask(create(&test, json!({ "mode": "live" }))).await;
    assert_eq!(live.json()["errors"][0]["path"], "mode");

    for fields in [json!({}), json!({ "clientId": client })] {
        let own = minted(&world, &bound, fields).await;
        assert_eq!(own["clientId"], json!(client));
        let foreign = world.ask(shared::testing::Ask::get(&format!("/v1/clients/{other}")).key(text(&own["key"])));
        assert_eq!(foreign.await.status, 404);
        let grandchild = minted(&world, text(&own["key"]), json!({})).await;
        assert_eq!(grandchild["clientId"], json!(client));
    }
    let foreign = world.ask(create(&bound, json!({ "clientId": other }))).await;
    let nowhere = world.ask(create(&bound, json!({ "clientId": "cl_aaaaaaaaaaaaaaaaaaaaaaaaaa" }))).await;
    assert_eq!(code(&foreign), (404, "not_found".into()));
    assert_eq!(foreign.json()["detail"], nowhere.json()["detail"]);
    assert_eq!(world.ask(create(&bound, json!({ "clientId": null }))).await.status, 422);

    let more = world.ask(create(&narrow, json!({ "scopes": ["keys.manage", "agency.manage"] }))).await;
    assert_eq!((more.status.as_u16(), &more.json()["errors"][0]["path"]), (422, &json!("scopes[1]")));
}

#[tokio::test]
async fn replaying_cannot_escalate() {
    let Keys { world, test, client, bound, narrow, .. } = Keys::new().await;
    let ask = |key: &str| create(key, json!({ "scopes": ["posts.read", "keys.manage"] })).idempotency_key("k");
    let first = world.ask(ask(&world.key)).await.data();
    assert_eq!(first["clientId"], Value::Null);

    let of_test = world.ask(ask(&test)).await;
    assert_eq!((of_test.status.as_u16(), of_test.header("idempotent-replayed")), (201, None));
    assert!(of_test.data()["id"] != first["id"] && text(&of_test.data()["key"]).starts_with("obh_test_"));

    let of_bound = world.ask(ask(&bound)).await;
    assert_eq!(of_bound.header("idempotent-replayed"), None);
    assert!(of_bound.data()["id"] != first["id"]);
    assert_eq!(of_bound.data()["clientId"], json!(client));

    // The narrow key may list that key, but could not have minted it, and does not get its secret.
    let of_narrow = world.ask(ask(&narrow)).await;
    assert_eq!((of_narrow.status.as_u16(), of_narrow.data().get("key")), (201, None));
    assert_eq!(of_narrow.data()["mintedBy"], json!(id(&world.key)));
    assert_eq!(revoke(&world, &world.key, &first["id"], "").await.status, 200);
    assert_eq!(world.ask(ask(&narrow)).await.data()["status"], "revoked");
    assert!(!works(&world, &first).await);
}

#[tokio::test]
async fn listing_shows_only_keys_of_the_same_mode_and_client() {
    let Keys { world, test, client, other, bound, narrow } = Keys::new().await;
    let of_other = minted(&world, &world.key, json!({ "clientId": other })).await;
    let stranger = world.agency(AgencyId::random(), Mode::Live).await;
    assert_eq!(ids(&list(&world, &test).await), [id(&test)]);
    assert_eq!(ids(&list(&world, &stranger).await), [id(&stranger)]);
    let seen = list(&world, &bound).await;
    assert_eq!(ids(&seen), [id(&bound)]);
    assert_eq!(seen[0]["clientId"], json!(client));
    // Scopes do not hide keys: with keys.manage all keys of the agency are listed, without their secrets.
    let seen = list(&world, &narrow).await;
    assert_eq!(seen.len(), 4);
    assert!(ids(&seen).contains(&text(&of_other["id"])) && !json!(seen).to_string().contains("obh_"));
}

#[tokio::test]
async fn revoking_is_limited_to_keys_of_the_same_mode_and_client() {
    let Keys { world, test, other, bound, narrow, .. } = Keys::new().await;
    let of_other = minted(&world, &world.key, json!({ "clientId": other })).await;
    let gone = minted(&world, &world.key, json!({ "clientId": other })).await;
    assert_eq!(revoke(&world, &world.key, &gone["id"], "").await.status, 200);
    let stranger = world.agency(AgencyId::random(), Mode::Live).await;
    let (root, narrow) = (json!(id(&world.key)), json!(id(&narrow)));
    for query in ["", "?minted=true"] {
        let unknown = json!("key_aaaaaaaaaaaaaaaaaaaaaaaaaa");
        let absent = revoke(&world, &world.key, &unknown, query).await;
        assert_eq!(code(&absent), (404, "not_found".into()));
        for (key, foreign) in [
            (&test, &root),
            (&stranger, &root),
            (&bound, &root),
            (&bound, &narrow),
            (&bound, &of_other["id"]),
            (&bound, &gone["id"]),
            (&stranger, &gone["id"]),
        ] {
            let answer = revoke(&world, key, foreign, query).await;
            assert_eq!(code(&answer), (404, "not_found".into()), "{foreign}");
            assert_eq!(answer.json()["detail"], absent.json()["detail"]);
        }
    }
    assert_eq!(list(&world, &world.key).await.len(), 4);
    assert!(works(&world, &of_other).await);
    let own = minted(&world, &bound, json!({})).await;
    assert_eq!(revoke(&world, &bound, &own["id"], "").await.status, 200);
    assert!(!works(&world, &own).await);
}

/// A stolen key could lock out the keys that it came of.
#[tokio::test]
async fn a_key_revokes_only_itself_and_what_it_minted_unless_it_has_keys_admin() {
    let world = World::new().await;
    let middle = minted(&world, &world.key, json!({})).await;
    let sister = minted(&world, &world.key, json!({})).await;
    let leaf = minted(&world, text(&middle["key"]), json!({})).await;
    let below = minted(&world, text(&leaf["key"]), json!({})).await;
    let root = json!(id(&world.key));
    for (key, other) in [(&middle, &root), (&middle, &sister["id"]), (&leaf, &middle["id"]), (&below, &leaf["id"])] {
        for query in ["", "?minted=true"] {
            let refused = revoke(&world, text(&key["key"]), other, query).await;
            assert_eq!(code(&refused), (403, "insufficient_scope".into()));
            assert!(refused.text.contains("keys.admin"), "{}", refused.text);
        }
    }
    assert_eq!(list(&world, &world.key).await.len(), 5);

    // The key in between is gone, and the chain is still known.
    assert_eq!(revoke(&world, text(&leaf["key"]), &leaf["id"], "").await.status, 200);
    assert_eq!(revoke(&world, text(&middle["key"]), &below["id"], "").await.status, 200);
    assert!(!works(&world, &below).await);
    // Again, as after a lost answer.
    assert_eq!(revoke(&world, text(&middle["key"]), &below["id"], "").await.status, 200);

    let admin = json!({ "scopes": ["keys.manage", "keys.admin"] });
    let more = world.ask(create(text(&middle["key"]), admin.clone())).await;
    assert_eq!(code(&more), (422, "validation_failed".into()), "a key gives only the scopes that it has");
    let admin = minted(&world, &world.key, admin).await;
    assert_eq!(revoke(&world, text(&admin["key"]), &root, "").await.status, 200);
    assert_eq!(world.ask(Ask::get("/v1/agency").key(&world.key)).await.status, 401);
}
