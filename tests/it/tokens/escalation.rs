//! Tokens cannot mint, replay, list or revoke keys unless the deployment allows it, and a key minted by a token has at most
//! the token's permissions.

use chrono::{DateTime, Duration};
use http::Method;
use serde_json::{Value, json};
use shared::{key::ApiKey, testing::Ask};

use super::{Issuer, agency, claims, trust, with, world, world_that};
use crate::{agency::patch, keys::admit, world::World};

fn mint(by: &str, body: &Value) -> Ask {
    Ask::post("/v1/api-keys", body).idempotency_key("m").key(by)
}

fn body() -> Value {
    json!({ "label": "minted", "scopes": ["clients.read"] })
}

fn delete(by: &str, id: &str, query: &str) -> Ask {
    Ask::new(Method::DELETE, &format!("/v1/api-keys/{id}{query}")).key(by)
}

/// A world that allows its issuer's tokens to manage keys.
async fn managing() -> (World, Issuer) {
    let mut trust = trust();
    trust.may_manage_keys = true;
    world_that(trust).await
}

#[tokio::test]
async fn a_token_cannot_mint_a_key() {
    let (world, issuer) = world().await;
    let token = issuer.token(&claims(&world));
    let answer = world.ask(mint(&token, &body())).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "insufficient_scope"));
    let keys = world.ask(Ask::get("/v1/api-keys").key(&world.key)).await.data();
    assert_eq!(keys.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_token_cannot_replay_a_minting() {
    let (world, issuer) = world().await;
    assert_eq!(world.ask(mint(&world.key, &body())).await.status, 201);
    let answer = world.ask(mint(&issuer.token(&claims(&world)), &body())).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "insufficient_scope"));
}

#[tokio::test]
async fn a_token_cannot_list_keys() {
    let (world, issuer) = world().await;
    let answer = world.ask(Ask::get("/v1/api-keys").key(&issuer.token(&claims(&world)))).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "insufficient_scope"));
}

#[tokio::test]
async fn a_token_cannot_revoke_a_key() {
    let (world, issuer) = world().await;
    let id = ApiKey::parse(&world.key).unwrap().id.to_string();
    for query in ["", "?minted=true"] {
        let answer = world.ask(delete(&issuer.token(&claims(&world)), &id, query)).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "insufficient_scope"));
    }
    assert_eq!(agency(&world, &world.key).await.status, 200);
}

#[tokio::test]
async fn a_key_minted_by_a_token_is_within_its_scopes_mode_and_lifetime() {
    let (world, issuer) = managing().await;
    let token = issuer.token(&with(claims(&world), "scope", "keys.manage clients.read"));
    let expires = DateTime::from_timestamp(world.now().timestamp() + 3600, 0).unwrap();
    let expires = expires.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let asks = |more: Value| {
        let mut body = body();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (more, path) in [
        (json!({ "scopes": ["posts.read"] }), "scopes[0]"),
        (json!({ "expiresInDays": 1 }), "expiresInDays"),
        (json!({ "expiresAt": world.now() + Duration::seconds(3601) }), "expiresAt"),
    ] {
        let refused = world.ask(mint(&token, &asks(more))).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["path"]), (422, &json!(path)));
    }
    let minted = world.ask(mint(&token, &body())).await;
    assert_eq!(minted.status, 201, "{}", minted.text);
    let data = minted.data();
    assert!(data["mintedBy"].as_str().unwrap().starts_with("sub_"), "{data}");
    assert_eq!(data["expiresAt"], json!(expires));
    let key = data["key"].as_str().unwrap();
    assert!(key.starts_with("obh_live_"));
    assert_eq!(world.ask(Ask::get("/v1/clients").key(key)).await.status, 200);

    // A later token of the same subject is the same minter, and its replay has no secret.
    world.clock.advance(Duration::seconds(10));
    let later = issuer.token(&with(claims(&world), "jti", "2"));
    let again = world.ask(mint(&later, &body())).await;
    assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (201, Some("true")));
    assert_eq!((&again.data()["mintedBy"], again.data().get("key")), (&data["mintedBy"], None));

    world.clock.advance(Duration::seconds(3590));
    assert_eq!(agency(&world, key).await.status, 401, "the key expires with the token");
}

#[tokio::test]
async fn a_client_bound_token_mints_only_for_its_client() {
    let mut trust = trust();
    (trust.may_manage_keys, trust.client_claim) = (true, Some("client".into()));
    let (world, issuer) = world_that(trust).await;
    let (own, other) = (world.client("Autoloom").await, world.client("Blue Door").await);
    let token = issuer.token(&with(claims(&world), "client", own.as_str()));
    let minted = world.ask(mint(&token, &body())).await;
    assert_eq!((minted.status.as_u16(), &minted.data()["clientId"]), (201, &json!(own)));
    let foreign = with(body(), "clientId", other.as_str());
    assert_eq!(world.ask(mint(&token, &foreign).idempotency_key("f")).await.status, 404);
    let keys = world.ask(Ask::get("/v1/api-keys").key(&token)).await.data();
    assert_eq!(keys.as_array().unwrap().len(), 1, "{keys}");
}

#[tokio::test]
async fn keys_descended_from_a_tokens_key_are_revoked_with_it() {
    let (world, issuer) = managing().await;
    let token = issuer.token(&claims(&world));
    let first = with(body(), "scopes", json!(["keys.manage", "clients.read"]));
    let first = world.ask(mint(&token, &first)).await.data();
    let second = world.ask(mint(first["key"].as_str().unwrap(), &body()).idempotency_key("s")).await.data();
    // Ending the tokens does not end the keys: they are revoked one by one, or expire with the token's lifetime.
    world.clock.advance(Duration::seconds(1));
    assert_eq!(world.ask(patch(&json!({ "tokensNotBefore": world.now() })).key(&world.key)).await.status, 200);
    assert_eq!(agency(&world, first["key"].as_str().unwrap()).await.status, 200);
    let revoked = world.ask(delete(&world.key, first["id"].as_str().unwrap(), "?minted=true")).await;
    assert_eq!((revoked.status.as_u16(), &revoked.data()["alsoRevoked"]), (200, &json!([second["id"]])));
    // A token's minter id names no key.
    let path = first["mintedBy"].as_str().unwrap();
    assert_eq!(world.ask(delete(&world.key, path, "?minted=true")).await.status, 404);
    for key in [&first, &second] {
        assert_eq!(agency(&world, key["key"].as_str().unwrap()).await.status, 401);
    }
}

#[tokio::test]
async fn a_token_that_is_ended_during_a_minting_mints_nothing() {
    use shared::store::{Credential, KeyRecord, Mint, Minted};
    let (world, issuer) = managing().await;
    let now = world.now();
    let verifier = world.gate.issuer().unwrap();
    let token = issuer.token(&claims(&world));
    let token = verifier.verify(&verifier.read(&token).unwrap(), now).await.unwrap();
    let keys = admit(&world.gate, Credential::Token(&token), now).await.unwrap().keys;
    assert_eq!(world.ask(patch(&json!({ "tokensNotBefore": world.now() })).key(&world.key)).await.status, 200);
    let record = KeyRecord {
        digest: "d".into(),
        scopes: Vec::new(),
        expires_at: i64::MAX / 1000,
        client: None,
        label: "late".into(),
        last_used: None,
        minted: Some(Minted { by: keys.minter().unwrap().id, at: now, fingerprint: "f".into() }),
    };
    let minted = world.gate.mint(&keys, shared::id::KeyId::random(), &record, now).await.unwrap();
    assert_eq!(minted, Mint::MinterGone);
}

#[tokio::test]
async fn a_token_revokes_only_the_keys_of_its_subject_unless_it_has_keys_admin() {
    let (world, issuer) = managing().await;
    let token = |subject: &str, scope: &str| {
        let claims = with(with(claims(&world), "sub", subject), "scope", scope);
        issuer.token(&claims)
    };
    let key = world.ask(mint(&token("ann", "keys.manage clients.read"), &body())).await.data();
    let id = key["id"].as_str().unwrap();
    let status = async |token: &str| world.ask(delete(token, id, "")).await.status.as_u16();
    assert_eq!(status(&token("bob", "keys.manage")).await, 403);
    assert_eq!(status(&token("ann", "keys.manage")).await, 200);
    assert_eq!(status(&token("bob", "keys.manage keys.admin")).await, 200, "again");
}
