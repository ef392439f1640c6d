//! The status of a post over time.

use serde_json::json;

use super::{STATUS, TikTokClient, access, file, upload};

#[tokio::test]
async fn a_public_post_is_complete_in_five_seconds_and_has_an_id_a_minute_later() {
    let mut tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let (id, reply) = tiktok.publish(&access, "hello").await;
    assert_eq!(reply.unwrap().status, 201);
    tiktok.world.pass(4);
    let processing = json!({ "status": "PROCESSING_UPLOAD", "uploaded_bytes": 1000 });
    assert_eq!(tiktok.status(&access, &id).await, processing);
    assert!(tiktok.feed("demo_shop").await.is_empty());
    tiktok.world.pass(1);
    let complete = json!({ "status": "PUBLISH_COMPLETE", "uploaded_bytes": 1000 });
    assert_eq!(tiktok.status(&access, &id).await, complete);
    let post = tiktok.feed("demo_shop").await.remove(0);
    assert_eq!(post["publishId"], json!(id));
    tiktok.world.restart();
    tiktok.world.pass(59);
    assert_eq!(tiktok.status(&access, &id).await, complete);
    tiktok.world.pass(1);
    let status = tiktok.status(&access, &id).await;
    let number = status["publicaly_available_post_id"][0].as_i64().unwrap();
    assert_eq!(post["id"], json!(number.to_string()));
    assert!((6_000_000_000_000_000_000..i64::MAX).contains(&number));
}

#[tokio::test]
async fn a_post_that_is_not_public_never_has_a_public_id() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let mut posts = Vec::new();
    for level in ["SELF_ONLY", "MUTUAL_FOLLOW_FRIENDS"] {
        let mut body = upload("hello", 1000);
        body["post_info"]["privacy_level"] = level.into();
        let begun = tiktok.begin_with(&access, &body).await;
        assert_eq!(tiktok.put(&begun, &file(1000), 0, 1000).await.unwrap().status, 201);
        posts.push(begun.publish_id);
    }
    tiktok.world.pass(7000);
    for id in posts {
        let complete = json!({ "status": "PUBLISH_COMPLETE", "uploaded_bytes": 1000 });
        assert_eq!(tiktok.status(&access, &id).await, complete);
    }
    assert_eq!(tiktok.feed("demo_shop").await.len(), 2);
}

#[tokio::test]
async fn only_the_token_of_the_same_person_and_app_sees_a_status() {
    let tiktok = TikTokClient::new().await;
    let tokens = tiktok.tokens("demo_shop").await;
    let (id, _) = tiktok.publish(access(&tokens), "hello").await;
    let body = json!({ "publish_id": id });
    let other = tiktok.connect("demo_cafe").await;
    let refused = (400, "token_not_authorized_for_specified_publish_id".to_owned());
    assert_eq!(tiktok.outcome(&other, STATUS, &body).await, refused);
    let theirs = tiktok.tokens_of_other("demo_shop").await;
    assert_eq!(tiktok.outcome(access(&theirs), STATUS, &body).await, refused);
    let again = tiktok.connect("demo_shop").await;
    assert_eq!(tiktok.outcome(&again, STATUS, &body).await.0, 200);
    let number = id.rsplit('.').next().unwrap();
    for unknown in ["", "v_pub_file~v2-1.1", number] {
        let outcome = tiktok.outcome(&again, STATUS, &json!({ "publish_id": unknown })).await;
        assert_eq!(outcome, (400, "invalid_publish_id".to_owned()), "{unknown}");
    }
    let wrong = (400, "invalid_params".to_owned());
    for body in [json!({}), json!({ "publish_id": id, "fields": "status" }), json!({ "publish_id": 1 })] {
        assert_eq!(tiktok.outcome(&again, STATUS, &body).await, wrong, "{body}");
    }
}

#[tokio::test]
async fn a_status_allows_thirty_requests_per_minute() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let (id, _) = tiktok.publish(&access, "hello").await;
    for _ in 0..30 {
        tiktok.status(&access, &id).await;
    }
    let outcome = tiktok.outcome(&access, STATUS, &json!({ "publish_id": id })).await;
    assert_eq!(outcome, (429, "rate_limit_exceeded".to_owned()));
    tiktok.world.pass(60);
    tiktok.status(&access, &id).await;
}
