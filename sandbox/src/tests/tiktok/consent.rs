//! Authorization requests, and consent to some of the scopes.

use bytes::Bytes;
use http::Request;

use super::{AUTHORIZE, SCOPES, TikTokClient, asking, encode};

fn url(fields: &[(&str, &str)]) -> String {
    format!("{AUTHORIZE}?{}", encode(fields))
}

#[tokio::test]
async fn a_valid_request_shows_the_scopes_and_every_account() {
    let tiktok = TikTokClient::new().await;
    let page = tiktok.world.get(&url(&[asking(SCOPES), vec![("disable_auto_auth", "1")]].concat())).await;
    assert_eq!(page.status, 200);
    for part in ["<bdi>app</bdi>", "video.publish", r#"name="account" value="demo_shop""#, "Authorize as @partial"] {
        assert!(page.body.contains(part), "{part}");
    }
}

#[tokio::test]
async fn an_invalid_request_is_refused_on_a_page() {
    let tiktok = TikTokClient::new().await;
    let with = |name, value| {
        let mut fields = asking(SCOPES);
        fields.retain(|(known, _)| *known != name);
        fields.push((name, value));
        fields
    };
    let cases = [
        with("client_key", "nobody"),
        with("client_key", ""),
        with("response_type", "token"),
        with("redirect_uri", "https://elsewhere.example"),
        // Registered, but with a query.
        with("redirect_uri", super::super::world::REDIRECT),
        with("scope", "user.info.basic video.publish"),
        with("scope", "user.info.basic,video.destroy"),
        with("state", ""),
        with("client_id", "app"),
        with("code_challenge", "abc"),
        with("code_challenge_method", "S256"),
    ];
    for fields in cases {
        let page = tiktok.world.get(&url(&fields)).await;
        assert_eq!(page.status, 400, "{fields:?}");
    }
    assert_eq!(tiktok.world.get(AUTHORIZE.trim_end_matches('/')).await.status, 404);
}

#[tokio::test]
async fn consent_redirects_with_code_scopes_and_state() {
    let tiktok = TikTokClient::new().await;
    let reply = tiktok.decide(&[("account", "demo_shop")]).await;
    assert_eq!(reply.status, 303);
    assert!(reply.header("location").starts_with(super::REDIRECT));
    assert_eq!(reply.sent_back("state").unwrap(), "st&te");
    assert_eq!(reply.sent_back("scopes").unwrap(), SCOPES);
    assert!(reply.sent_back("code").unwrap().contains(['*', '!']));
    assert!(!reply.header("location").contains(['*', '!']), "the code is percent-encoded");
}

#[tokio::test]
async fn every_scope_except_the_basic_one_can_be_withheld() {
    let tiktok = TikTokClient::new().await;
    let fields = [("account", "demo_shop"), ("withhold:video.publish", "1"), ("withhold:user.info.basic", "1")];
    let reply = tiktok.decide(&fields).await;
    assert_eq!(reply.sent_back("scopes").unwrap(), "user.info.basic,user.info.profile");
    let tokens = tiktok.redeem(&reply.sent_back("code").unwrap()).await.json();
    assert_eq!(tokens["scope"], "user.info.basic,user.info.profile");
}

#[tokio::test]
async fn partial_never_grants_publishing() {
    let tiktok = TikTokClient::new().await;
    let reply = tiktok.decide(&[("account", "partial")]).await;
    assert_eq!(reply.sent_back("scopes").unwrap(), "user.info.basic,user.info.profile");
}

#[tokio::test]
async fn cancelling_and_declining_redirect_with_an_error() {
    let tiktok = TikTokClient::new().await;
    for field in [("cancel", "1"), ("account", "declines")] {
        let reply = tiktok.decide(&[field]).await;
        assert_eq!(reply.status, 303);
        assert_eq!(reply.sent_back("error").unwrap(), "access_denied");
        assert!(reply.sent_back("error_description").is_some());
        assert_eq!(reply.sent_back("state").unwrap(), "st&te");
        assert_eq!(reply.sent_back("code"), None);
    }
}

#[tokio::test]
async fn only_one_choice_from_the_same_origin_is_accepted() {
    let tiktok = TikTokClient::new().await;
    let form = encode(&[asking(SCOPES), vec![("account", "demo_shop")]].concat());
    let foreign = Request::post(AUTHORIZE).header("sec-fetch-site", "cross-site").body(Bytes::from(form)).unwrap();
    assert_eq!(tiktok.world.ask(foreign).await.unwrap().status, 403);
    for fields in [&[("account", "nobody")][..], &[("account", "demo_shop"), ("cancel", "1")], &[]] {
        assert_eq!(tiktok.decide(fields).await.status, 400, "{fields:?}");
    }
}
