//! Refused tokens: 401 with the same body and without a call of the store.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use ring::hmac;
use serde_json::{Value, json};
use shared::{id::AgencyId, testing::Ask};

use super::{
    claims,
    issuer::{AUDIENCE, ISSUER, Signer, signed},
    with, without, world,
};
use crate::world::World;

/// Requests an operation that reads beside the gate; returns the body without its correlation id, and the store's calls.
async fn refused(world: &World, what: &str, token: &str) -> (Value, BTreeMap<String, usize>) {
    let _ = world.engine.calls();
    let answer = world.ask(Ask::get("/v1/agency").key(token)).await;
    assert_eq!(answer.status, 401, "{what}: {}", answer.text);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
    assert_eq!(answer.header("ratelimit-limit"), None);
    (with(answer.json(), "correlationId", ""), world.engine.calls())
}

#[tokio::test]
async fn every_invalid_token_gets_the_same_401_without_a_call_of_the_store() {
    let (world, issuer) = world().await;
    let now = world.now().timestamp();
    let good = || claims(&world);
    let of = |claims: Value| issuer.token(&claims);
    let headed = |header: Value| issuer.token_with(&header, &good());
    let header = json!({ "typ": "at+jwt", "kid": issuer.jwk()["kid"] });
    let hs256 = |secret: &[u8]| {
        let signed = signed(&with(header.clone(), "alg", "HS256"), &good());
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
        format!("{signed}.{}", BASE64URL_NOPAD.encode(tag.as_ref()))
    };
    let tampered = {
        let token = of(good());
        let parts: Vec<_> = token.split('.').collect();
        let other = signed(&header, &with(good(), "sub", "another"));
        format!("{}.{}.{}", parts[0], other.split('.').nth(1).unwrap(), parts[2])
    };
    let public_key = BASE64URL_NOPAD.decode(issuer.jwk()["x"].as_str().unwrap().as_bytes()).unwrap();
    let rows = [
        ("an opaque token", "3k5JH8zq0pQ2".into()),
        ("no signature", format!("{}.", signed(&with(header.clone(), "alg", "none"), &good()))),
        ("alg none with a valid signature", headed(json!({ "alg": "none" }))),
        ("HS256 with the public key", hs256(&public_key)),
        ("HS256 with the JWK as the secret", hs256(issuer.jwk().to_string().as_bytes())),
        ("alg of another key type", headed(json!({ "alg": "ES256" }))),
        ("alg RS512", headed(json!({ "alg": "RS512" }))),
        ("no alg", headed(json!({ "alg": null }))),
        ("an ID token", headed(json!({ "typ": "JWT" }))),
        ("no typ", headed(json!({ "typ": null }))),
        ("crit", headed(json!({ "crit": ["exp"] }))),
        ("an unknown kid", headed(json!({ "kid": "other" }))),
        (
            "another key's signature under the issuer's kid",
            Signer::new("Ed25519").token(&with(header.clone(), "alg", "EdDSA"), &good()),
        ),
        ("another key embedded in the token", {
            let other = Signer::new("ES256");
            let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": "x", "jwk": { "kid": "x" }, "jku": "https://evil.test/keys" });
            other.token(&header, &good())
        }),
        ("other claims under a valid signature", tampered),
        ("a truncated signature", of(good())[..of(good()).len() - 4].to_owned()),
        ("too long", of(with(good(), "more", "a".repeat(9000)))),
        ("another issuer", of(with(good(), "iss", "https://other.test"))),
        ("the issuer with a trailing slash", of(with(good(), "iss", format!("{ISSUER}/")))),
        ("no issuer", of(without(good(), "iss"))),
        ("another audience", of(with(good(), "aud", "https://other.test"))),
        ("a list of other audiences", of(with(good(), "aud", json!(["https://other.test", format!("{AUDIENCE}/")])))),
        ("an empty list of audiences", of(with(good(), "aud", json!([])))),
        ("an audience list with a number", of(with(good(), "aud", json!([AUDIENCE, 1])))),
        ("no audience", of(without(good(), "aud"))),
        ("expired", of(with(good(), "exp", now - 1))),
        ("expired this second", of(with(good(), "exp", now))),
        ("no exp", of(without(good(), "exp"))),
        ("exp as a text", of(with(good(), "exp", (now + 60).to_string()))),
        ("exp out of range", of(with(good(), "exp", i64::MAX))),
        ("more than 24 hours", of(with(good(), "exp", now + 24 * 3600 + 31))),
        ("nbf ahead", of(with(good(), "nbf", now + 31))),
        ("nbf as a text", of(with(good(), "nbf", "now"))),
        ("iat ahead", of(with(good(), "iat", now + 31))),
        ("no iat", of(without(good(), "iat"))),
        ("no sub", of(without(good(), "sub"))),
        ("an empty sub", of(with(good(), "sub", ""))),
        ("a sub that is too long", of(with(good(), "sub", "a".repeat(256)))),
        ("no agency", of(without(good(), "agency"))),
        ("an invalid agency id", of(with(good(), "agency", "acme"))),
        ("a list of agencies", of(with(good(), "agency", json!([world.agency])))),
        ("no mode", of(without(good(), "mode"))),
        ("another mode", of(with(good(), "mode", "prod"))),
        ("both modes", of(with(good(), "mode", json!(["live", "test"])))),
        ("a mode in a list", of(with(good(), "mode", json!(["live"])))),
        ("a mode as an object", of(with(good(), "mode", json!({ "live": null })))),
        ("a mode as a number", of(with(good(), "mode", 0))),
        ("a mode that is null", of(with(good(), "mode", Value::Null))),
        ("scopes as a list", of(with(good(), "scope", json!(["clients.read"])))),
        ("sender-constrained by cnf", of(with(good(), "cnf", json!({ "jkt": "a" })))),
    ];
    let (wanted, _) = refused(&world, "no key", "obh_live_no").await;
    for (what, token) in &rows {
        let (body, calls) = refused(&world, what, token).await;
        assert_eq!(body, wanted, "{what}");
        assert_eq!(calls, BTreeMap::new(), "{what}: the store was called");
    }
    assert_eq!(super::agency(&world, &of(good())).await.status, 200, "the unchanged token is accepted");
}

#[tokio::test]
async fn an_unknown_agency_is_the_same_401_with_one_call() {
    let (world, issuer) = world().await;
    let (wanted, _) = refused(&world, "no key", "obh_live_no").await;
    for unknown in [with(claims(&world), "agency", json!(AgencyId::random())), with(claims(&world), "mode", "test")] {
        let token = issuer.token(&unknown);
        let (body, calls) = refused(&world, "unknown", &token).await;
        assert_eq!((body, calls.get("UpdateItem")), (wanted.clone(), Some(&1)));
        let (_, calls) = refused(&world, "unknown, a moment ago", &token).await;
        assert_eq!(calls.get("UpdateItem"), None);
    }
}

#[tokio::test]
async fn without_a_configured_issuer_tokens_are_refused() {
    let (other, issuer) = world().await;
    let world = World::new().await;
    let token = issuer.token(&with(claims(&world), "agency", json!(world.agency)));
    let (body, calls) = refused(&world, "no issuer", &token).await;
    assert_eq!((body, calls), (refused(&other, "no key", "obh_live_no").await.0, BTreeMap::new()));
    assert!(world.network.seen().is_empty());
}
