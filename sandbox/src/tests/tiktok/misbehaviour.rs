//! The behaviors of TikTok's test accounts.

use serde_json::{Value, json};

use super::{CHUNK, CREATOR, ORIGIN, PHOTOS, STATUS, TikTokClient, VIDEO, access, file, photos, upload};

fn photo() -> Value {
    photos("hello", &[&format!("{ORIGIN}/media/photo.jpg")])
}

#[tokio::test]
async fn token_dead_connects_and_loses_access_when_it_publishes() {
    let tiktok = TikTokClient::new().await;
    let tokens = tiktok.tokens("token_dead").await;
    assert_eq!(tiktok.outcome(access(&tokens), CREATOR, &json!({})).await.0, 200);
    let dead = (401, "access_token_invalid".to_owned());
    assert_eq!(tiktok.outcome(access(&tokens), VIDEO, &upload("hello", 1000)).await, dead);
    assert_eq!(tiktok.outcome(access(&tokens), CREATOR, &json!({})).await, dead);
    assert_eq!(tiktok.refresh(&tokens).await["error"], "invalid_grant");
    let again = tiktok.connect("token_dead").await;
    assert_eq!(tiktok.outcome(&again, PHOTOS, &photo()).await, dead);
}

#[tokio::test]
async fn short_lived_needs_a_refresh_after_a_minute() {
    let tiktok = TikTokClient::new().await;
    let tokens = tiktok.tokens("short_lived").await;
    assert_eq!(tokens["expires_in"], 60);
    tiktok.world.pass(60);
    assert_eq!(tiktok.outcome(access(&tokens), VIDEO, &upload("hello", 1000)).await.0, 401);
    let fresh = tiktok.refresh(&tokens).await;
    assert_eq!(tiktok.outcome(access(&fresh), VIDEO, &upload("hello", 1000)).await.0, 200);
}

#[tokio::test]
async fn some_accounts_are_always_refused() {
    let tiktok = TikTokClient::new().await;
    for (username, code) in [
        ("spam_risk", "spam_risk_too_many_posts"),
        ("banned", "spam_risk_user_banned_from_posting"),
        ("unaudited", "unaudited_client_can_only_post_to_private_accounts"),
    ] {
        let access = tiktok.connect(username).await;
        for _ in 0..2 {
            assert_eq!(tiktok.outcome(&access, VIDEO, &upload("hello", 1000)).await, (403, code.to_owned()));
            assert_eq!(tiktok.outcome(&access, PHOTOS, &photo()).await, (403, code.to_owned()));
        }
    }
    let access = tiktok.connect("unaudited").await;
    let mut private = upload("hello", 1000);
    private["post_info"]["privacy_level"] = "SELF_ONLY".into();
    assert_eq!(tiktok.outcome(&access, VIDEO, &private).await.0, 200);
}

#[tokio::test]
async fn some_accounts_fail_once() {
    let mut tiktok = TikTokClient::new().await;
    for (username, status, code) in
        [("rate_limited", 429, "rate_limit_exceeded"), ("server_error", 500, "internal_error")]
    {
        let access = tiktok.connect(username).await;
        assert_eq!(tiktok.outcome(&access, VIDEO, &upload("hello", 1000)).await, (status, code.to_owned()));
        tiktok.world.restart();
        let (_, reply) = tiktok.publish(&access, "hello").await;
        assert_eq!(reply.unwrap().status, 201);
        tiktok.world.pass(5);
        assert_eq!(tiktok.feed(username).await.len(), 1);
    }
}

#[tokio::test]
async fn slow_moderation_delays_the_public_id_for_two_hours() {
    let tiktok = TikTokClient::new().await;
    let tokens = tiktok.tokens("slow_moderation").await;
    let (id, _) = tiktok.publish(access(&tokens), "hello").await;
    tiktok.world.pass(5);
    let complete = json!({ "status": "PUBLISH_COMPLETE", "uploaded_bytes": 1000 });
    assert_eq!(tiktok.status(access(&tokens), &id).await, complete);
    tiktok.world.pass(7199);
    let fresh = tiktok.refresh(&tokens).await;
    assert_eq!(tiktok.status(access(&fresh), &id).await, complete);
    tiktok.world.pass(1);
    assert!(tiktok.status(access(&fresh), &id).await["publicaly_available_post_id"][0].is_i64());
}

#[tokio::test]
async fn processing_failed_accepts_every_file_and_publishes_none() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("processing_failed").await;
    let (id, reply) = tiktok.publish(&access, "hello").await;
    assert_eq!(reply.unwrap().status, 201);
    assert_eq!(tiktok.status(&access, &id).await["status"], "PROCESSING_UPLOAD");
    let photos = tiktok.call(&access, PHOTOS, &photo()).await.unwrap().json();
    tiktok.world.pass(120);
    for (id, reason) in [
        (id.as_str(), "frame_rate_check_failed"),
        (photos["data"]["publish_id"].as_str().unwrap(), "picture_size_check_failed"),
    ] {
        let status = tiktok.status(&access, id).await;
        assert_eq!((&status["status"], &status["fail_reason"]), (&json!("FAILED"), &json!(reason)));
        assert_eq!(status.get("publicaly_available_post_id"), None);
    }
    assert!(tiktok.feed("processing_failed").await.is_empty());
}

#[tokio::test]
async fn answer_lost_has_published() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("answer_lost").await;
    let (id, reply) = tiktok.publish(&access, "a video").await;
    assert!(reply.is_none());
    tiktok.world.pass(1);
    assert!(tiktok.call(&access, PHOTOS, &photo()).await.is_none());
    tiktok.world.pass(5);
    assert_eq!(tiktok.status(&access, &id).await["status"], "PUBLISH_COMPLETE");
    let texts: Vec<Value> = tiktok.feed("answer_lost").await.iter().map(|post| post["text"].clone()).collect();
    assert_eq!(texts, ["hello", "a video"]);
}

#[tokio::test]
async fn answer_lost_loses_only_the_last_answer() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("answer_lost").await;
    let file = file(2 * CHUNK);
    let begun = tiktok.begin(&access, "a film", file.len()).await;
    assert_eq!(tiktok.put(&begun, &file, 0, CHUNK).await.unwrap().status, 206);
    assert!(tiktok.put(&begun, &file, CHUNK, file.len()).await.is_none());
}

#[tokio::test]
async fn chunk_lost_stores_the_second_chunk_without_an_answer_once() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("chunk_lost").await;
    let file = file(3 * CHUNK);
    for lost in [true, false] {
        let begun = tiktok.begin(&access, "a film", file.len()).await;
        assert_eq!(tiktok.put(&begun, &file, 0, CHUNK).await.unwrap().status, 206);
        assert_eq!(tiktok.put(&begun, &file, CHUNK, 2 * CHUNK).await.is_none(), lost);
        let status = tiktok.status(&access, &begun.publish_id).await;
        assert_eq!(status["uploaded_bytes"], 2 * CHUNK, "it was received");
        assert_eq!(tiktok.put(&begun, &file, 2 * CHUNK, 3 * CHUNK).await.unwrap().status, 201);
    }
    tiktok.world.pass(5);
    assert_eq!(tiktok.feed("chunk_lost").await.len(), 2);
}

#[tokio::test]
async fn chunk_lost_stores_the_only_chunk_without_an_answer_once() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("chunk_lost").await;
    let (id, reply) = tiktok.publish(&access, "hello").await;
    assert!(reply.is_none());
    assert!(tiktok.publish(&access, "again").await.1.is_some());
    tiktok.world.pass(5);
    assert_eq!(tiktok.status(&access, &id).await["status"], "PUBLISH_COMPLETE");
}

#[tokio::test]
async fn scripted_fails_as_its_caption_says() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("scripted").await;
    for (code, status) in [
        ("spam_risk_too_many_pending_share", 403),
        ("reached_active_user_cap", 403),
        ("invalid_param", 400),
        ("app_version_check_failed", 400),
        ("internal_error", 500),
    ] {
        let body = upload(&format!("hello fail:init:{code}"), 1000);
        assert_eq!(tiktok.outcome(&access, VIDEO, &body).await, (status, code.to_owned()));
        tiktok.world.pass(60);
    }
    let mut described = photo();
    described["post_info"]["description"] = "fail:init:some_new_code".into();
    assert_eq!(tiktok.outcome(&access, PHOTOS, &described).await, (400, "some_new_code".to_owned()));
    let (failing, _) = tiktok.publish(&access, "hello fail:status:spam_risk_text").await;
    let (good, _) = tiktok.publish(&access, "hello fail:status: and fail:other:spam_risk").await;
    tiktok.world.pass(5);
    let status = tiktok.status(&access, &failing).await;
    assert_eq!((&status["status"], &status["fail_reason"]), (&json!("FAILED"), &json!("spam_risk_text")));
    assert_eq!(tiktok.status(&access, &good).await["status"], "PUBLISH_COMPLETE");
    let other = tiktok.connect("demo_shop").await;
    assert_eq!(tiktok.outcome(&other, VIDEO, &upload("fail:init:internal_error", 1000)).await.0, 200);
    assert_eq!(tiktok.outcome(&other, STATUS, &json!({ "publish_id": good })).await.0, 400);
}
