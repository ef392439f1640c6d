//! The connected account, and the options of its posts.

use serde_json::json;

use super::{CREATOR, TikTokClient, code_of};

fn info(fields: &str) -> String {
    format!("/open.tiktokapis.com/v2/user/info/?{fields}")
}

#[tokio::test]
async fn user_info_has_the_requested_fields_only() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_cafe").await;
    let reply = tiktok.world.get_as(&access, &info("fields=display_name,username")).await;
    let body = reply.json();
    assert_eq!(body["data"], json!({ "user": { "display_name": "Demo Café", "username": "demo_cafe" } }));
    assert_eq!((&body["error"]["code"], &body["error"]["message"]), (&json!("ok"), &json!("")));
    assert!(body["error"]["log_id"].as_str().unwrap().starts_with("20261121120000"));
    let reply = tiktok.world.get_as(&access, &info("fields=open_id,union_id,avatar_url")).await.json();
    let user = &reply["data"]["user"];
    assert_ne!(user["open_id"], user["union_id"]);
    assert!(user["avatar_url"].is_string());
}

#[tokio::test]
async fn the_username_needs_a_separate_scope() {
    let tiktok = TikTokClient::new().await;
    let reply = tiktok.decide(&[("account", "demo_shop"), ("withhold:user.info.profile", "1")]).await;
    let tokens = tiktok.redeem(&reply.sent_back("code").unwrap()).await.json();
    let access = super::access(&tokens);
    assert_eq!(tiktok.world.get_as(access, &info("fields=open_id")).await.status, 200);
    for field in ["username", "bio_description", "is_verified", "profile_deep_link"] {
        let refused = tiktok.world.get_as(access, &info(&format!("fields=open_id,{field}"))).await;
        assert_eq!((refused.status.as_u16(), code_of(&refused).as_str()), (401, "scope_not_authorized"), "{field}");
    }
}

#[tokio::test]
async fn without_the_basic_scope_its_fields_are_refused() {
    let tiktok = TikTokClient::new().await;
    let form = [super::asking("video.publish"), vec![("account", "demo_shop")]].concat();
    let code = tiktok.world.consent(super::AUTHORIZE, &form).await.sent_back("code").unwrap();
    let tokens = tiktok.redeem(&code).await.json();
    for field in ["open_id", "union_id", "display_name", "avatar_url"] {
        let refused = tiktok.world.get_as(super::access(&tokens), &info(&format!("fields={field}"))).await;
        assert_eq!((refused.status.as_u16(), code_of(&refused).as_str()), (401, "scope_not_authorized"), "{field}");
    }
}

#[tokio::test]
async fn invalid_queries_are_refused() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    for query in ["", "fields=", "fields=open_id,shoe_size", "fields=open_id&x=1", "fields=open_id&fields=open_id"] {
        let refused = tiktok.world.get_as(&access, &info(query)).await;
        assert_eq!((refused.status.as_u16(), code_of(&refused).as_str()), (400, "invalid_params"), "{query}");
    }
    for refused in
        [tiktok.world.get(&info("fields=open_id")).await, tiktok.world.get_as("guess", &info("fields=open_id")).await]
    {
        assert_eq!((refused.status.as_u16(), code_of(&refused).as_str()), (401, "access_token_invalid"));
    }
}

#[tokio::test]
async fn the_same_person_has_another_id_for_another_app() {
    let tiktok = TikTokClient::new().await;
    let ours = tiktok.tokens("demo_shop").await;
    let theirs = tiktok.tokens_of_other("demo_shop").await;
    assert!(ours["open_id"].is_string() && theirs["open_id"].is_string());
    assert_ne!(ours["open_id"], theirs["open_id"]);
    assert_eq!(tiktok.tokens("demo_shop").await["open_id"], ours["open_id"]);
}

#[tokio::test]
async fn creator_info_lists_the_options_of_a_post() {
    let tiktok = TikTokClient::new().await;
    let public = tiktok.connect("demo_shop").await;
    let reply = tiktok.call(&public, CREATOR, &json!({})).await.unwrap().json();
    let data = &reply["data"];
    assert_eq!(data["creator_username"], "demo_shop");
    assert_eq!(data["creator_nickname"], "Demo Shop");
    assert_eq!(data["privacy_level_options"], json!(["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]));
    assert_eq!((&data["duet_disabled"], &data["comment_disabled"]), (&json!(false), &json!(false)));
    assert_eq!(data["max_video_post_duration_sec"], 600);
    let private = tiktok.connect("private_account").await;
    let reply = tiktok.call(&private, CREATOR, &json!({})).await.unwrap().json();
    let data = &reply["data"];
    assert_eq!(data["privacy_level_options"], json!(["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]));
    assert_eq!((&data["duet_disabled"], &data["stitch_disabled"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn creator_info_reports_with_200_that_an_account_cannot_post() {
    let tiktok = TikTokClient::new().await;
    for (username, code) in
        [("spam_risk", "spam_risk_too_many_posts"), ("banned", "spam_risk_user_banned_from_posting")]
    {
        let access = tiktok.connect(username).await;
        assert_eq!(tiktok.outcome(&access, CREATOR, &json!({})).await, (200, code.to_owned()));
    }
}

#[tokio::test]
async fn creator_info_allows_twenty_requests_per_minute() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    for _ in 0..20 {
        assert_eq!(tiktok.outcome(&access, CREATOR, &json!({})).await.0, 200);
    }
    assert_eq!(tiktok.outcome(&access, CREATOR, &json!({})).await, (429, "rate_limit_exceeded".to_owned()));
    let fresh = tiktok.connect("demo_shop").await;
    assert_eq!(tiktok.outcome(&fresh, CREATOR, &json!({})).await.0, 200, "each token has a separate limit");
}
