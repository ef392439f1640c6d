//! The token endpoint. Its errors have the status 200.

use super::{REDIRECT, SCOPES, TikTokClient, access};
use crate::tests::Received;

const INFO: &str = "/open.tiktokapis.com/v2/user/info/?fields=open_id";

fn refused(reply: &Received, error: &str) {
    let body = reply.json();
    assert_eq!((reply.status.as_u16(), &body["error"]), (200, &error.into()), "{body}");
    assert!(body["error_description"].is_string() && body["log_id"].is_string(), "{body}");
    assert_eq!(body.get("access_token"), None);
}

impl TikTokClient {
    async fn is_valid(&self, access: &str) -> bool {
        self.world.get_as(access, INFO).await.status == 200
    }
}

#[tokio::test]
async fn a_code_gives_tokens_and_the_open_id() {
    let tiktok = TikTokClient::new().await;
    let tokens = tiktok.tokens("demo_shop").await;
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 7200);
    assert_eq!(tokens["refresh_expires_in"], 15_552_000);
    assert_eq!(tokens["scope"], SCOPES);
    let user = tiktok.world.get_as(access(&tokens), INFO).await.json();
    assert_eq!(user["data"]["user"]["open_id"], tokens["open_id"]);
}

#[tokio::test]
async fn a_code_is_bound_to_redirect_and_client_and_is_decoded() {
    let tiktok = TikTokClient::new().await;
    let code = tiktok.code("demo_shop").await;
    let fields = |code, redirect| [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect)];
    let elsewhere = tiktok.oauth("token", &fields(&code, "https://elsewhere.example/other")).await;
    refused(&elsewhere, "invalid_request");
    let other = [("client_key", "other"), ("client_secret", "secret-of-other")];
    let request = [&other[..], &fields(&code, REDIRECT)].concat();
    refused(&tiktok.form("token", &request).await, "invalid_grant");
    let encoded = code.replace('*', "%2A").replace('!', "%21");
    refused(&tiktok.redeem(&encoded).await, "invalid_grant");
    let half = code.split('*').next().unwrap();
    refused(&tiktok.redeem(half).await, "invalid_grant");
    let verified = [&fields(&code, REDIRECT)[..], &[("code_verifier", "x")]].concat();
    refused(&tiktok.oauth("token", &verified).await, "invalid_request");
    assert!(tiktok.redeem(&code).await.json()["access_token"].is_string());
    refused(&tiktok.redeem(&code).await, "invalid_grant");
}

#[tokio::test]
async fn a_code_is_valid_for_a_minute() {
    let tiktok = TikTokClient::new().await;
    let (early, late) = (tiktok.code("demo_shop").await, tiktok.code("demo_shop").await);
    tiktok.world.pass(59);
    assert!(tiktok.redeem(&early).await.json()["access_token"].is_string());
    tiktok.world.pass(1);
    refused(&tiktok.redeem(&late).await, "invalid_grant");
}

#[tokio::test]
async fn an_app_authenticates_in_the_form() {
    let tiktok = TikTokClient::new().await;
    let rest = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    for client in [[("client_key", "app"), ("client_secret", "guess")], [("client_key", "no"), ("client_secret", "x")]]
    {
        refused(&tiktok.form("token", &[&client[..], &rest].concat()).await, "invalid_client");
    }
    let by_id = [("client_id", "app"), ("client_secret", "secret-of-app")];
    refused(&tiktok.form("token", &[&by_id[..], &rest].concat()).await, "invalid_request");
}

#[tokio::test]
async fn invalid_forms_are_refused() {
    let tiktok = TikTokClient::new().await;
    refused(&tiktok.oauth("token", &[]).await, "invalid_request");
    refused(&tiktok.oauth("token", &[("grant_type", "client_credentials")]).await, "unsupported_grant_type");
    refused(&tiktok.oauth("token", &[("grant_type", "refresh_token")]).await, "invalid_request");
    let with = |extra| [("grant_type", "refresh_token"), ("refresh_token", "x"), extra];
    for extra in [("redirect_uri", REDIRECT), ("code_verifier", "x"), ("refresh_token", "y")] {
        refused(&tiktok.oauth("token", &with(extra)).await, "invalid_request");
    }
    let request = http::Request::post("/open.tiktokapis.com/v2/oauth/token/").body("{}".into()).unwrap();
    refused(&tiktok.world.ask(request).await.unwrap(), "invalid_request");
}

#[tokio::test]
async fn refreshing_rotates_and_invalidates_the_old_token() {
    let tiktok = TikTokClient::new().await;
    let first = tiktok.tokens("demo_shop").await;
    tiktok.world.pass(7200);
    assert!(!tiktok.is_valid(access(&first)).await);
    let second = tiktok.refresh(&first).await;
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(second["open_id"], first["open_id"]);
    assert!(tiktok.is_valid(access(&second)).await);
    assert_eq!(tiktok.refresh(&first).await["error"], "invalid_grant");
}

#[tokio::test]
async fn a_refresh_token_is_valid_for_180_days() {
    let tiktok = TikTokClient::new().await;
    let (early, late) = (tiktok.tokens("demo_shop").await, tiktok.tokens("demo_shop").await);
    tiktok.world.pass(180 * 24 * 3600 - 1);
    assert!(tiktok.refresh(&early).await["access_token"].is_string());
    tiktok.world.pass(1);
    assert_eq!(tiktok.refresh(&late).await["error"], "invalid_grant");
}

#[tokio::test]
async fn revoking_the_access_token_revokes_the_grant() {
    let tiktok = TikTokClient::new().await;
    let tokens = tiktok.tokens("demo_shop").await;
    let other = [("client_key", "other"), ("client_secret", "secret-of-other"), ("token", access(&tokens))];
    refused(&tiktok.form("revoke", &other).await, "invalid_request");
    refused(&tiktok.oauth("revoke", &[("token", access(&tokens)), ("scope", "x")]).await, "invalid_request");
    refused(&tiktok.oauth("revoke", &[]).await, "invalid_request");
    assert!(tiktok.is_valid(access(&tokens)).await);
    let reply = tiktok.oauth("revoke", &[("token", access(&tokens))]).await;
    assert_eq!((reply.status.as_u16(), reply.body.as_str()), (200, ""));
    assert!(!tiktok.is_valid(access(&tokens)).await);
    assert_eq!(tiktok.refresh(&tokens).await["error"], "invalid_grant");
    refused(&tiktok.oauth("revoke", &[("token", "guess")]).await, "invalid_request");
}

#[tokio::test]
async fn secrets_of_tiktok_are_not_in_the_table() {
    let tiktok = TikTokClient::new().await;
    let code = tiktok.code("demo_shop").await;
    let tokens = tiktok.redeem(&code).await.json();
    let begun = tiktok.begin(access(&tokens), "hello", 100).await;
    let kept = tiktok.world.everything().await;
    assert!(kept.contains("tiktok#publishing#"), "the table was read");
    let token = begun.upload_url.split("upload_token=").nth(1).unwrap();
    let code = code.split('*').next().unwrap();
    for secret in [code, access(&tokens), tokens["refresh_token"].as_str().unwrap(), token] {
        assert!(!kept.contains(secret));
    }
}
