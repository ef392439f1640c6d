//! Codes, refresh tokens and their end.

use super::{BlueskyClient, Key, RKEY, SHOP, TOKEN, VERIFIER, error, session};
use crate::secret;

const DAY: i64 = 24 * 60 * 60;

#[tokio::test]
async fn a_code_is_bound_to_verifier_redirect_client_and_key() {
    let mut bluesky = BlueskyClient::new().await;
    let invalid = (400, "invalid_grant".to_owned());
    let code = bluesky.code("demo-shop.test", VERIFIER).await;
    let wrong = bluesky.redeem(&code, "another-verifier-of-forty-three-characters-or-more").await;
    assert_eq!(error(&wrong), invalid);
    let elsewhere = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", "http://127.0.0.1:9000/elsewhere"),
        ("code_verifier", VERIFIER),
        ("client_id", bluesky.client_id.as_str()),
    ];
    assert_eq!(error(&bluesky.form(TOKEN, &elsewhere).await), invalid);
    let own = std::mem::replace(&mut bluesky.key, Key::new());
    assert_eq!(error(&bluesky.redeem(&code, VERIFIER).await), invalid, "another DPoP key");
    bluesky.key = own;
    let id = std::mem::replace(&mut bluesky.client_id, super::client_id("atproto"));
    assert_eq!(error(&bluesky.redeem(&code, VERIFIER).await), invalid, "another client");
    bluesky.client_id = id;
    assert_eq!(bluesky.redeem(&code, VERIFIER).await.status, 200);
    let late = bluesky.code("demo-shop.test", VERIFIER).await;
    bluesky.world.pass(60);
    assert_eq!(error(&bluesky.redeem(&late, VERIFIER).await), invalid, "a code is valid for a minute");
}

#[tokio::test]
async fn a_second_use_of_a_code_revokes_the_session() {
    let bluesky = BlueskyClient::new().await;
    let code = bluesky.code("demo-shop.test", VERIFIER).await;
    let first = session(&bluesky.redeem(&code, VERIFIER).await);
    assert_eq!(error(&bluesky.redeem(&code, VERIFIER).await).1, "invalid_grant");
    assert_eq!(bluesky.put(&first.access, SHOP, RKEY, "hello").await.unwrap().status, 401);
    assert_eq!(error(&bluesky.refresh(&first.refresh).await).1, "invalid_grant");
}

#[tokio::test]
async fn a_code_challenge_is_for_one_session() {
    let bluesky = BlueskyClient::new().await;
    let code = bluesky.code("demo-shop.test", VERIFIER).await;
    assert_eq!(bluesky.redeem(&code, VERIFIER).await.status, 200);
    let again = bluesky.code("demo-shop.test", VERIFIER).await;
    assert_eq!(error(&bluesky.redeem(&again, VERIFIER).await).1, "invalid_grant");
}

#[tokio::test]
async fn refreshing_rotates_and_a_replay_revokes_the_session() {
    let mut bluesky = BlueskyClient::new().await;
    let first = bluesky.connect("demo-shop.test").await;
    let own = std::mem::replace(&mut bluesky.key, Key::new());
    assert_eq!(error(&bluesky.refresh(&first.refresh).await).1, "invalid_grant", "another DPoP key");
    bluesky.key = own;
    bluesky.world.pass(15 * 60);
    let second = session(&bluesky.refresh(&first.refresh).await);
    assert_eq!(bluesky.put(&second.access, SHOP, RKEY, "hello").await.unwrap().status, 200);
    assert_eq!(error(&bluesky.refresh(&first.refresh).await).1, "invalid_grant", "it was replaced");
    assert_eq!(error(&bluesky.refresh(&second.refresh).await).1, "invalid_grant", "the replay ended the session");
    let late = bluesky.connect("demo-shop.test").await;
    bluesky.world.pass(DAY);
    assert_eq!(error(&bluesky.refresh(&late.refresh).await).1, "invalid_grant", "a public client has a day");
}

#[tokio::test]
async fn revoking_either_token_ends_the_session() {
    let bluesky = BlueskyClient::new().await;
    for is_access in [true, false] {
        let session = bluesky.connect("demo-shop.test").await;
        let token = if is_access { &session.access } else { &session.refresh };
        let fields = [("token", token.as_str()), ("client_id", bluesky.client_id.as_str())];
        assert_eq!(bluesky.form("/oauth/revoke", &fields).await.status, 200);
        assert_eq!(bluesky.put(&session.access, SHOP, RKEY, "hello").await.unwrap().status, 401);
        assert_eq!(error(&bluesky.refresh(&session.refresh).await).1, "invalid_grant");
        assert_eq!(bluesky.form("/oauth/revoke", &fields).await.status, 200, "an unknown token is no error");
    }
}

#[tokio::test]
async fn other_grants_and_missing_parameters_are_refused() {
    let bluesky = BlueskyClient::new().await;
    let ask = async |fields: &[(&str, &str)]| {
        let mut fields = fields.to_vec();
        fields.push(("client_id", &bluesky.client_id));
        error(&bluesky.form(TOKEN, &fields).await).1
    };
    assert_eq!(ask(&[("grant_type", "client_credentials")]).await, "unsupported_grant_type");
    assert_eq!(ask(&[]).await, "invalid_request");
    assert_eq!(ask(&[("grant_type", "refresh_token")]).await, "invalid_request");
    assert_eq!(ask(&[("grant_type", "authorization_code"), ("code", "x")]).await, "invalid_request");
    assert_eq!(
        ask(&[("grant_type", "refresh_token"), ("refresh_token", &secret::token().unwrap())]).await,
        "invalid_grant"
    );
}
