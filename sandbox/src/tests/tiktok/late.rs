//! The behaviors of TikTok's test accounts after the last request of a post.

use serde_json::json;

use super::{CHUNK, ORIGIN, PHOTOS, TikTokClient, code_of, file, photos};

fn texts(posts: &[serde_json::Value]) -> Vec<&str> {
    posts.iter().map(|post| post["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn lands_late_receives_the_last_chunk_forty_seconds_after_the_lost_answer() {
    let mut tiktok = TikTokClient::new().await;
    let access = tiktok.connect("lands_late").await;
    let file = file(2 * CHUNK);
    let begun = tiktok.begin(&access, "a film", file.len()).await;
    assert_eq!(tiktok.put(&begun, &file, 0, CHUNK).await.unwrap().status, 206);
    assert!(tiktok.put(&begun, &file, CHUNK, file.len()).await.is_none());
    tiktok.world.pass(39);
    let waiting = json!({ "status": "PROCESSING_UPLOAD", "uploaded_bytes": CHUNK });
    assert_eq!(tiktok.status(&access, &begun.publish_id).await, waiting);
    assert!(tiktok.put(&begun, &file, CHUNK, file.len()).await.is_none(), "a repetition joins the first request");
    tiktok.world.restart();
    tiktok.world.pass(1);
    let processing = json!({ "status": "PROCESSING_UPLOAD", "uploaded_bytes": file.len() });
    assert_eq!(tiktok.status(&access, &begun.publish_id).await, processing);
    assert!(tiktok.feed("lands_late").await.is_empty());
    tiktok.world.pass(5);
    assert_eq!(tiktok.status(&access, &begun.publish_id).await["status"], "PUBLISH_COMPLETE");
    tiktok.world.pass(60);
    assert_eq!(texts(&tiktok.feed("lands_late").await), ["a film"]);
}

#[tokio::test]
async fn lands_late_publishes_photos_forty_seconds_after_the_lost_answer() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("lands_late").await;
    let photo = photos("hello", &[&format!("{ORIGIN}/media/photo.jpg")]);
    assert!(tiktok.call(&access, PHOTOS, &photo).await.is_none());
    tiktok.world.pass(44);
    assert!(tiktok.feed("lands_late").await.is_empty());
    tiktok.world.pass(1);
    assert_eq!(texts(&tiktok.feed("lands_late").await), ["hello"]);
}

#[tokio::test]
async fn lands_twice_publishes_a_second_post_when_the_last_request_is_repeated() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("lands_twice").await;
    let file = file(1000);
    let begun = tiktok.begin(&access, "a video", file.len()).await;
    for posts in 1..=2 {
        assert!(tiktok.put(&begun, &file, 0, file.len()).await.is_none());
        tiktok.world.pass(5);
        assert_eq!(texts(&tiktok.feed("lands_twice").await), vec!["a video"; posts]);
    }
    let photo = photos("hello", &[&format!("{ORIGIN}/media/photo.jpg")]);
    for posts in 3..=4 {
        assert!(tiktok.call(&access, PHOTOS, &photo).await.is_none());
        tiktok.world.pass(5);
        assert_eq!(tiktok.feed("lands_twice").await.len(), posts);
    }
}

#[tokio::test]
async fn slow_processing_reports_all_bytes_for_ninety_seconds() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("slow_processing").await;
    let (id, reply) = tiktok.publish(&access, "hello").await;
    assert_eq!(reply.unwrap().status, 201);
    tiktok.world.pass(89);
    let processing = json!({ "status": "PROCESSING_UPLOAD", "uploaded_bytes": 1000 });
    assert_eq!(tiktok.status(&access, &id).await, processing);
    assert!(tiktok.feed("slow_processing").await.is_empty());
    tiktok.world.pass(1);
    assert_eq!(tiktok.status(&access, &id).await["status"], "PUBLISH_COMPLETE");
    assert_eq!(texts(&tiktok.feed("slow_processing").await), ["hello"]);
}

#[tokio::test]
async fn a_last_chunk_that_is_sent_again_is_answered_404_or_416_while_it_is_processed() {
    let tiktok = TikTokClient::new().await;
    for (username, status) in [("resent_404", 404), ("resent_416", 416)] {
        let access = tiktok.connect(username).await;
        let file = file(2 * CHUNK);
        let begun = tiktok.begin(&access, "a film", file.len()).await;
        assert_eq!(tiktok.put(&begun, &file, 0, CHUNK).await.unwrap().status, 206);
        assert!(tiktok.put(&begun, &file, CHUNK, file.len()).await.is_none());
        tiktok.world.pass(59);
        let again = tiktok.put(&begun, &file, CHUNK, file.len()).await.unwrap();
        assert_eq!((again.status.as_u16(), code_of(&again).as_str()), (status, "invalid_file_upload"));
        let processing = json!({ "status": "PROCESSING_UPLOAD", "uploaded_bytes": file.len() });
        assert_eq!(tiktok.status(&access, &begun.publish_id).await, processing);
        tiktok.world.pass(1);
        assert_eq!(tiktok.status(&access, &begun.publish_id).await["status"], "PUBLISH_COMPLETE");
        assert_eq!(texts(&tiktok.feed(username).await), ["a film"]);
    }
}
