//! Pushed authorization requests that are refused.

use http::Request;

use super::{BlueskyClient, PAR, REDIRECT, SCOPE, VERIFIER, client_id, encode, error};
use crate::secret;

#[tokio::test]
async fn each_parameter_of_a_pushed_request_is_checked() {
    let bluesky = BlueskyClient::new().await;
    let challenge = secret::challenge(VERIFIER);
    let other_port = "http://127.0.0.1:1/connect/bluesky/callback";
    for (name, value, expected) in [
        ("response_type", Some("token"), "unsupported_response_type"),
        ("response_type", None, "invalid_request"),
        ("redirect_uri", Some("http://127.0.0.1:9000/elsewhere"), "invalid_request"),
        ("redirect_uri", Some("https://elsewhere.example/"), "invalid_request"),
        ("redirect_uri", None, "invalid_request"),
        ("scope", Some("repo:app.bsky.feed.post?action=create&action=update"), "invalid_scope"),
        ("scope", Some("atproto repo:app.bsky.feed.like"), "invalid_scope"),
        ("scope", Some("atproto everything"), "invalid_scope"),
        ("scope", None, "invalid_request"),
        ("state", None, "invalid_request"),
        ("code_challenge", Some("short"), "invalid_request"),
        ("code_challenge", None, "invalid_request"),
        ("code_challenge_method", Some("plain"), "invalid_request"),
        ("code_challenge_method", None, "invalid_request"),
        ("login_hint", Some("nobody.test"), "invalid_request"),
        ("client_secret", Some("secret"), "invalid_request"),
        ("client_id", None, "invalid_request"),
        ("client_id", Some("app"), "invalid_client_metadata"),
        ("client_id", Some("http://localhost:9000"), "invalid_client_metadata"),
        ("client_id", Some("http://localhost/path"), "invalid_client_metadata"),
        ("client_id", Some("http://localhost?redirect_uri=https%3A%2F%2Felsewhere.example"), "invalid_client_metadata"),
        ("client_id", Some("https://127.0.0.1/client.json"), "invalid_client_metadata"),
        ("client_id", Some("https://elsewhere.example/client.json"), "invalid_client_metadata"),
    ] {
        let mut fields = bluesky.asking("demo-shop.test", &challenge);
        fields.retain(|(known, _)| *known != name);
        fields.extend(value.map(|value| (name, value)));
        let reply = bluesky.form(PAR, &fields).await;
        assert_eq!(error(&reply), (400, expected.to_owned()), "{name} {value:?}: {}", reply.body);
    }
    for (name, value) in [("redirect_uri", other_port), ("login_hint", super::SHOP)] {
        let mut fields = bluesky.asking("demo-shop.test", &challenge);
        fields.retain(|(known, _)| *known != name);
        fields.push((name, value));
        assert_eq!(
            bluesky.form(PAR, &fields).await.status,
            201,
            "{name}: the port of a loopback address is not compared"
        );
    }
    let mut repeated = bluesky.asking("demo-shop.test", &challenge);
    repeated.push(("state", "again"));
    assert_eq!(error(&bluesky.form(PAR, &repeated).await), (400, "invalid_request".into()));
    let body = encode(&bluesky.asking("demo-shop.test", &challenge));
    let plain = Request::post(PAR).header("content-type", "text/plain").body(body.into()).unwrap();
    assert_eq!(error(&bluesky.world.ask(plain).await.unwrap()), (400, "invalid_request".into()));
}

#[tokio::test]
async fn a_loopback_client_has_defaults() {
    let mut bluesky = BlueskyClient::new().await;
    bluesky.client_id = "http://localhost".to_owned();
    let challenge = secret::challenge(VERIFIER);
    let mut fields = bluesky.asking("demo-shop.test", &challenge);
    fields.retain(|(name, _)| !["scope", "redirect_uri"].contains(name));
    fields.extend([("scope", "atproto"), ("redirect_uri", "http://127.0.0.1:4711/")]);
    assert_eq!(bluesky.form(PAR, &fields).await.status, 201);
    assert_eq!(client_id(SCOPE).matches(&super::encode(&[("redirect_uri", REDIRECT)])).count(), 1);
}
