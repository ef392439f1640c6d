//! Access tokens of an OAuth issuer as credentials beside API keys.

mod agency;
mod escalation;
mod gate;
mod issuer;
mod keys;
mod refusals;

use serde_json::{Value, json};
use shared::{
    id::AgencyId,
    scope::Scope,
    store::Limits,
    testing::{Ask, TestResponse},
    tokens::Trust,
};

use crate::world::World;
pub(crate) use issuer::{AUDIENCE, ISSUER, Issuer};

pub(crate) fn trust() -> Trust {
    Trust::new(ISSUER, AUDIENCE, false).unwrap()
}

/// A world that trusts an issuer, and that issuer, with an Ed25519 key.
pub(crate) async fn world() -> (World, Issuer) {
    world_that(trust()).await
}

async fn world_that(trust: Trust) -> (World, Issuer) {
    let world = World::trusting(Some(trust)).await;
    let issuer = Issuer::of(&world);
    (world, issuer)
}

/// The claims of a token of the world's agency: live mode, every scope, valid for an hour.
pub(crate) fn claims(world: &World) -> Value {
    let now = world.now().timestamp();
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "backend", "client_id": "backend", "jti": "1", "iat": now, "exp": now + 3600,
        "agency": world.agency, "mode": "live", "scope": Scope::ALL.map(Scope::as_str).join(" "),
    })
}

fn with(mut claims: Value, name: &str, value: impl Into<Value>) -> Value {
    claims[name] = value.into();
    claims
}

fn without(mut claims: Value, name: &str) -> Value {
    claims.as_object_mut().unwrap().remove(name);
    claims
}

async fn agency(world: &World, token: &str) -> TestResponse {
    world.ask(Ask::get("/v1/agency").key(token)).await
}

const FEW: Limits = Limits { reads: 3, writes: 3 };

#[tokio::test]
async fn a_token_of_each_algorithm_works_like_a_key() {
    let (world, issuer) = world().await;
    for kind in ["Ed25519", "ES256", "RS256"] {
        let kid = issuer.rotate(kind);
        world.clock.advance(chrono::Duration::minutes(1));
        let token = issuer.token(&claims(&world));
        let created = world.ask(Ask::post("/v1/clients", &json!({ "name": kind })).key(&token)).await;
        assert_eq!(created.status, 201, "{kid}: {}", created.text);
        let path = format!("/v1/clients/{}", created.data()["id"].as_str().unwrap());
        // The agency's key can read the client, and so can the token in the other header.
        assert_eq!(world.ask(Ask::get(&path).key(&world.key)).await.data(), created.data());
        assert_eq!(world.ask(Ask::get(&path).header("x-api-key", &token)).await.data(), created.data());
        let both = Ask::get(&path).key(&token).header("x-api-key", &token);
        assert_eq!(world.ask(both).await.status, 200);
        let two = Ask::get(&path).key(&token).header("x-api-key", &world.key);
        assert_eq!(world.ask(two).await.code(), "ambiguous_credentials");
    }
}

#[tokio::test]
async fn permitted_variations_of_a_token_are_accepted() {
    let (world, issuer) = world().await;
    let now = world.now().timestamp();
    let good = || claims(&world);
    for (what, token) in [
        ("one audience of several", issuer.token(&with(good(), "aud", json!(["https://other.test", AUDIENCE])))),
        ("the long type", issuer.token_with(&json!({ "typ": "application/at+jwt" }), &good())),
        ("no kid, where there is one key", issuer.token_with(&json!({ "kid": null }), &good())),
        ("the new algorithm name Ed25519", issuer.token_with(&json!({ "alg": "Ed25519" }), &good())),
        ("an embedded key, which is ignored", {
            let header = json!({ "jku": "https://evil.test/set", "x5u": "https://evil.test", "jwk": {}, "x5c": [] });
            issuer.token_with(&header, &good())
        }),
        ("the longest sub", issuer.token(&with(good(), "sub", "a".repeat(255)))),
        ("24 hours", issuer.token(&with(good(), "exp", now + 24 * 3600))),
        ("a clock that is 30 s ahead", issuer.token(&with(with(good(), "iat", now + 30), "nbf", now + 30))),
        ("fractional times", issuer.token(&with(good(), "exp", json!(0.5 + now as f64)))),
        ("scopes of other services", issuer.token(&with(good(), "scope", "openid other.read"))),
        ("no scope", issuer.token(&without(good(), "scope"))),
    ] {
        let answer = agency(&world, &token).await;
        assert_eq!(answer.status, 200, "{what}: {}", answer.text);
        assert_eq!(answer.data()["mode"], "live");
    }
}

#[tokio::test]
async fn configured_claim_names_and_token_type_are_used() {
    let mut trust = trust();
    trust.agency_claim = "https://onbehalf.test/agency".into();
    trust.mode_claim = "env".into();
    trust.token_type = "JWT".into();
    let (world, issuer) = world_that(trust).await;
    let named = with(with(claims(&world), "https://onbehalf.test/agency", json!(world.agency)), "env", "live");
    let named = without(without(named, "agency"), "mode");
    assert_eq!(agency(&world, &issuer.token_with(&json!({ "typ": "JWT" }), &named)).await.status, 200);
    assert_eq!(agency(&world, &issuer.token(&named)).await.status, 401, "at+jwt is not the configured type");
    let plain = issuer.token_with(&json!({ "typ": "JWT" }), &claims(&world));
    assert_eq!(agency(&world, &plain).await.status, 401);
}

#[tokio::test]
async fn a_token_is_limited_to_its_mode_and_agency() {
    let (world, issuer) = world().await;
    let client = world.client("Autoloom").await;
    world.agency(world.agency, shared::tenant::Mode::Test).await;
    let other = AgencyId::random();
    world.agency(other, shared::tenant::Mode::Live).await;
    let path = format!("/v1/clients/{client}");
    for foreign in [with(claims(&world), "mode", "test"), with(claims(&world), "agency", json!(other))] {
        let token = issuer.token(&foreign);
        assert_eq!(world.ask(Ask::get(&path).key(&token)).await.status, 404);
        assert_eq!(world.ask(Ask::get("/v1/clients").key(&token)).await.data(), json!([]));
    }
}

#[tokio::test]
async fn a_token_with_a_client_claim_is_bound_to_that_client() {
    let mut trust = trust();
    trust.client_claim = Some("client".into());
    let (world, issuer) = world_that(trust).await;
    let (own, other) = (world.client("Autoloom").await, world.client("Blue Door").await);
    let token = issuer.token(&with(claims(&world), "client", own.as_str()));
    let read = |client: &str, token: &str| Ask::get(&format!("/v1/clients/{client}")).key(token);
    assert_eq!(world.ask(read(&own, &token)).await.status, 200);
    assert_eq!(world.ask(read(&other, &token)).await.status, 404);
    let create = Ask::post("/v1/clients", &json!({ "name": "New" })).key(&token);
    assert_eq!(world.ask(create).await.status, 403);
    assert_eq!(
        world.ask(read(&other, &issuer.token(&claims(&world)))).await.status,
        200,
        "without the claim the token is not bound"
    );
    // An invalid claim must not make the token unbound.
    for client in [json!("cl_1"), json!(null), json!(1), json!([own])] {
        let token = issuer.token(&with(claims(&world), "client", client.clone()));
        assert_eq!(world.ask(read(&other, &token)).await.status, 401, "{client}");
    }
}

#[tokio::test]
async fn keys_and_tokens_of_an_agency_share_idempotency_keys() {
    let (world, issuer) = world().await;
    let token = issuer.token(&claims(&world));
    let create = |by: &str| Ask::post("/v1/clients", &json!({ "name": "A" })).idempotency_key("k").key(by);
    let first = world.ask(create(&world.key)).await;
    let again = world.ask(create(&token)).await;
    assert_eq!((again.header("idempotent-replayed"), again.data()), (Some("true"), first.data()));
}
