//! What is no access token for us: 401, always with the same body, and without one call of the store.

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

/// Asks for something that is read beside the gate. The body, without what is new every time.
async fn refused(world: &World, what: &str, token: &str) -> (Value, BTreeMap<String, usize>) {
    let _ = world.engine.calls();
    let answer = world.ask(Ask::get("/v1/agency").key(token)).await;
    assert_eq!(answer.status, 401, "{what}: {}", answer.text);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    assert_eq!(answer.header("ratelimit-limit"), None);
    (with(answer.json(), "correlationId", ""), world.engine.calls())
}

#[tokio::test]
async fn what_is_no_token_for_us_is_401_with_one_body_and_costs_nothing() {
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
        ("alg none over a true signature", headed(json!({ "alg": "none" }))),
        ("HS256 with the public key", hs256(&public_key)),
        ("HS256 with the key set's own text", hs256(issuer.jwk().to_string().as_bytes())),
        ("alg of another kind of key", headed(json!({ "alg": "ES256" }))),
        ("alg RS512", headed(json!({ "alg": "RS512" }))),
        ("no alg", headed(json!({ "alg": null }))),
        ("an ID token", headed(json!({ "typ": "JWT" }))),
        ("no typ", headed(json!({ "typ": null }))),
        ("crit", headed(json!({ "crit": ["exp"] }))),
        ("the kid of no key", headed(json!({ "kid": "other" }))),
        (
            "a stranger's signature under our kid",
            Signer::new("Ed25519").token(&with(header.clone(), "alg", "EdDSA"), &good()),
        ),
        ("a stranger's key in the token itself", {
            let stranger = Signer::new("ES256");
            let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": "x", "jwk": { "kid": "x" }, "jku": "https://evil.test/keys" });
            stranger.token(&header, &good())
        }),
        ("other claims under a true signature", tampered),
        ("a signature that is cut", of(good())[..of(good()).len() - 4].to_owned()),
        ("too long", of(with(good(), "more", "a".repeat(9000)))),
        ("another issuer", of(with(good(), "iss", "https://other.test"))),
        ("the issuer by another spelling", of(with(good(), "iss", format!("{ISSUER}/")))),
        ("no issuer", of(without(good(), "iss"))),
        ("another audience", of(with(good(), "aud", "https://other.test"))),
        ("a list of other audiences", of(with(good(), "aud", json!(["https://other.test", format!("{AUDIENCE}/")])))),
        ("an empty list of audiences", of(with(good(), "aud", json!([])))),
        ("a list that is none of audiences", of(with(good(), "aud", json!([AUDIENCE, 1])))),
        ("no audience", of(without(good(), "aud"))),
        ("expired", of(with(good(), "exp", now - 1))),
        ("expired this second", of(with(good(), "exp", now))),
        ("no exp", of(without(good(), "exp"))),
        ("exp as a text", of(with(good(), "exp", (now + 60).to_string()))),
        ("exp beyond time", of(with(good(), "exp", i64::MAX))),
        ("more than 24 hours", of(with(good(), "exp", now + 24 * 3600 + 31))),
        ("nbf ahead", of(with(good(), "nbf", now + 31))),
        ("nbf that is no time", of(with(good(), "nbf", "now"))),
        ("iat ahead", of(with(good(), "iat", now + 31))),
        ("no iat", of(without(good(), "iat"))),
        ("no sub", of(without(good(), "sub"))),
        ("an empty sub", of(with(good(), "sub", ""))),
        ("a sub that is too long", of(with(good(), "sub", "a".repeat(256)))),
        ("no agency", of(without(good(), "agency"))),
        ("an agency that is no id", of(with(good(), "agency", "acme"))),
        ("a list of agencies", of(with(good(), "agency", json!([world.agency])))),
        ("no mode", of(without(good(), "mode"))),
        ("another mode", of(with(good(), "mode", "prod"))),
        ("both modes", of(with(good(), "mode", json!(["live", "test"])))),
        ("scopes as a list", of(with(good(), "scope", json!(["clients.read"])))),
        ("bound to a key of its holder", of(with(good(), "cnf", json!({ "jkt": "a" })))),
    ];
    let (wanted, _) = refused(&world, "no key", "obh_live_no").await;
    for (what, token) in &rows {
        let (body, calls) = refused(&world, what, token).await;
        assert_eq!(body, wanted, "{what}");
        assert_eq!(calls, BTreeMap::new(), "{what}: the store was asked");
    }
    assert_eq!(super::agency(&world, &of(good())).await.status, 200, "what the rows change is good");
}

#[tokio::test]
async fn an_agency_that_nobody_knows_is_401_with_the_same_body_and_one_call() {
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
async fn without_an_issuer_there_are_no_tokens() {
    let (other, issuer) = world().await;
    let world = World::new().await;
    let token = issuer.token(&with(claims(&world), "agency", json!(world.agency)));
    let (body, calls) = refused(&world, "no issuer", &token).await;
    assert_eq!((body, calls), (refused(&other, "no key", "obh_live_no").await.0, BTreeMap::new()));
    assert!(world.network.seen().is_empty());
}
