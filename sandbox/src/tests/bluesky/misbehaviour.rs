//! The behaviors of Bluesky's test accounts.

use super::{BlueskyClient, RKEY, Session, error};

const OTHER_RKEY: &str = "3jzfcijpj2z2b";

impl BlueskyClient {
    /// Writes a post to this account, whose handle is also its repository.
    async fn post(&self, session: &Session, handle: &str, rkey: &str) -> Option<super::Received> {
        self.put(&session.access, handle, rkey, "hello").await
    }
}

#[tokio::test]
async fn token_dead_connects_and_loses_access_when_it_publishes() {
    let bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("token-dead.test").await;
    let dead = (401, "invalid_token".to_owned());
    assert_eq!(error(&bluesky.post(&session, "token-dead.test", RKEY).await.unwrap()), dead);
    assert_eq!(error(&bluesky.post(&session, "token-dead.test", RKEY).await.unwrap()), dead);
    assert_eq!(error(&bluesky.refresh(&session.refresh).await), (400, "invalid_grant".into()));
    assert!(bluesky.texts("token-dead.test").await.is_empty());
}

#[tokio::test]
async fn short_lived_needs_a_refresh_after_a_minute() {
    let bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("short-lived.test").await;
    bluesky.world.pass(60);
    assert_eq!(bluesky.post(&session, "short-lived.test", RKEY).await.unwrap().status, 401);
    let fresh = super::session(&bluesky.refresh(&session.refresh).await);
    assert_eq!(bluesky.post(&fresh, "short-lived.test", RKEY).await.unwrap().status, 200);
}

#[tokio::test]
async fn rate_limited_waits_five_seconds_once() {
    let bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("rate-limited.test").await;
    let reset = (bluesky.world.now().timestamp() + 5).to_string();
    for pause in [4, 1] {
        let reply = bluesky.post(&session, "rate-limited.test", RKEY).await.unwrap();
        assert_eq!(error(&reply), (429, "RateLimitExceeded".into()));
        assert_eq!((reply.header("ratelimit-reset"), reply.header("ratelimit-remaining")), (reset.as_str(), "0"));
        assert!(reply.header("date").starts_with("Sat, 21 Nov 2026 12:00:0"));
        bluesky.world.pass(pause);
    }
    assert_eq!(bluesky.post(&session, "rate-limited.test", RKEY).await.unwrap().status, 200);
}

#[tokio::test]
async fn server_error_fails_once_and_has_not_published() {
    let bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("server-error.test").await;
    assert_eq!(bluesky.post(&session, "server-error.test", RKEY).await.unwrap().status, 502);
    assert!(bluesky.texts("server-error.test").await.is_empty());
    assert_eq!(bluesky.post(&session, "server-error.test", RKEY).await.unwrap().status, 200);
}

#[tokio::test]
async fn suspended_connects_and_may_not_post() {
    let bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("suspended.test").await;
    let reply = bluesky.post(&session, "suspended.test", RKEY).await.unwrap();
    assert_eq!(error(&reply), (401, "AccountTakedown".into()));
}

#[tokio::test]
async fn answer_lost_has_published_and_lost_unposted_has_not() {
    let bluesky = BlueskyClient::new().await;
    for (handle, count) in [("answer-lost.test", 1), ("lost-unposted.test", 0)] {
        let session = bluesky.connect(handle).await;
        for _ in 0..2 {
            assert!(bluesky.post(&session, handle, RKEY).await.is_none());
            assert_eq!(bluesky.texts(handle).await.len(), count, "{handle}");
        }
    }
}

#[tokio::test]
async fn lands_late_writes_the_record_forty_seconds_after_the_lost_answer() {
    let mut bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("lands-late.test").await;
    assert!(bluesky.post(&session, "lands-late.test", RKEY).await.is_none());
    bluesky.world.pass(20);
    assert!(bluesky.post(&session, "lands-late.test", RKEY).await.is_none());
    bluesky.world.pass(19);
    assert_eq!(error(&bluesky.get("lands-late.test", RKEY).await), (400, "RecordNotFound".into()));
    assert!(bluesky.texts("lands-late.test").await.is_empty());
    bluesky.world.restart();
    bluesky.world.pass(1);
    assert_eq!(bluesky.get("lands-late.test", RKEY).await.status, 200);
    assert_eq!(bluesky.texts("lands-late.test").await, ["hello"]);
    bluesky.world.pass(60);
    assert_eq!(bluesky.texts("lands-late.test").await, ["hello"], "the repetition has the same key");
}

#[tokio::test]
async fn lands_late_lands_twice_under_two_keys() {
    let bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("lands-late.test").await;
    assert!(bluesky.post(&session, "lands-late.test", RKEY).await.is_none());
    bluesky.world.pass(20);
    assert!(bluesky.post(&session, "lands-late.test", OTHER_RKEY).await.is_none());
    bluesky.world.pass(40);
    assert_eq!(bluesky.texts("lands-late.test").await, ["hello", "hello"]);
}

#[tokio::test]
async fn lands_twice_publishes_a_second_post_only_under_another_key() {
    let bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("lands-twice.test").await;
    for _ in 0..2 {
        assert!(bluesky.post(&session, "lands-twice.test", RKEY).await.is_none());
        assert_eq!(bluesky.texts("lands-twice.test").await, ["hello"]);
    }
    assert!(bluesky.post(&session, "lands-twice.test", OTHER_RKEY).await.is_none());
    assert_eq!(bluesky.texts("lands-twice.test").await, ["hello", "hello"]);
}
