use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use chrono::{DateTime, Utc};
use futures_util::{future::join, poll};
use tokio::sync::oneshot;

use super::KeyCache;
use crate::tokens::{
    VerifyError,
    discovery::DiscoveryError,
    jwk::{Algorithm, KeySet, tests::key_set},
};

const ED25519: Algorithm = Algorithm::Ed25519;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn answer(issuer: Option<&[&str]>) -> Result<KeySet, DiscoveryError> {
    let down = || DiscoveryError { document: "the issuer's keys", reason: "down".into() };
    issuer.and_then(|ids| KeySet::parse(&key_set(ids))).ok_or_else(down)
}

/// Whether the key is found at this second, and whether a fetch was made. `issuer`: the keys it has, or `None` if it is down.
async fn find(cache: &KeyCache, id: &str, second: i64, issuer: Option<&[&str]>) -> (Result<bool, VerifyError>, bool) {
    let fetched = Arc::new(AtomicBool::new(false));
    let (noted, answer) = (Arc::clone(&fetched), answer(issuer));
    let fetch = async move {
        noted.store(true, Ordering::Relaxed);
        answer
    };
    let found = cache.find(Some(id), ED25519, at(second), fetch).await;
    (found.map(|key| key.is_some()), fetched.load(Ordering::Relaxed))
}

#[tokio::test]
async fn an_unknown_key_causes_one_fetch_a_minute() {
    let cache = KeyCache::default();
    assert_eq!(find(&cache, "a", 0, Some(&["a"])).await, (Ok(true), true));
    assert_eq!(find(&cache, "a", 1, Some(&["b"])).await, (Ok(true), false), "cached");
    assert_eq!(find(&cache, "b", 59, Some(&["b"])).await, (Ok(false), false), "fetched less than a minute ago");
    assert_eq!(find(&cache, "b", 60, Some(&["b"])).await, (Ok(true), true));
    assert_eq!(find(&cache, "a", 61, Some(&["a"])).await, (Ok(false), false), "withdrawn");
    assert_eq!(find(&cache, "a", 120, None).await, (Ok(false), true));
    assert_eq!(find(&cache, "a", 179, Some(&["a"])).await, (Ok(false), false), "a failed fetch counts");
}

#[tokio::test]
async fn without_keys_the_issuer_is_unavailable() {
    let cache = KeyCache::default();
    let unavailable = |retry_after| Err(VerifyError::Unavailable { retry_after });
    assert_eq!(find(&cache, "a", 0, None).await, (unavailable(60), true));
    assert_eq!(find(&cache, "a", 45, Some(&["a"])).await, (unavailable(15), false));
    assert_eq!(find(&cache, "a", 60, Some(&["a"])).await, (Ok(true), true));
}

#[tokio::test]
async fn keys_are_fetched_again_after_ten_minutes_and_kept_for_a_day_while_the_issuer_is_down() {
    let cache = KeyCache::default();
    assert_eq!(find(&cache, "a", 0, Some(&["a"])).await, (Ok(true), true));
    assert_eq!(find(&cache, "a", 599, Some(&["b"])).await, (Ok(true), false));
    assert_eq!(find(&cache, "a", 600, None).await, (Ok(true), true), "down");
    assert_eq!(find(&cache, "a", 659, None).await, (Ok(true), false));
    assert_eq!(find(&cache, "a", 24 * 3600 - 1, None).await, (Ok(true), true));
    let (found, _) = find(&cache, "a", 24 * 3600, None).await;
    assert_eq!(found, Err(VerifyError::Unavailable { retry_after: 59 }));
    assert_eq!(find(&cache, "a", 24 * 3600 + 60, Some(&["b"])).await, (Ok(false), true), "withdrawn");
}

#[tokio::test]
async fn a_caller_with_a_cached_key_does_not_wait_for_a_fetch() {
    let cache = KeyCache::default();
    assert_eq!(find(&cache, "a", 0, Some(&["a"])).await, (Ok(true), true));
    let (finish, finished) = oneshot::channel();
    let mut slow = Box::pin(cache.find(Some("b"), ED25519, at(60), async move { finished.await.unwrap() }));
    assert!(poll!(&mut slow).is_pending());
    assert_eq!(find(&cache, "a", 600, Some(&["a"])).await, (Ok(true), false));
    finish.send(answer(None)).ok().unwrap();
    assert!(slow.await.unwrap().is_none());
}

/// A web server drops the future of a caller that hangs up.
#[tokio::test]
async fn a_fetch_finishes_without_its_caller() {
    let cache = KeyCache::default();
    let (finish, finished) = oneshot::channel();
    let mut caller = Box::pin(cache.find(Some("a"), ED25519, at(0), async move { finished.await.unwrap() }));
    assert!(poll!(&mut caller).is_pending());
    drop(caller);
    finish.send(answer(Some(&["a"]))).ok().unwrap();
    assert_eq!(find(&cache, "a", 1, None).await, (Ok(true), false));
}

#[tokio::test]
async fn two_callers_at_once_cause_one_fetch() {
    let cache = KeyCache::default();
    let (one, other) = join(find(&cache, "a", 0, Some(&["a"])), find(&cache, "a", 0, Some(&["a"]))).await;
    assert_eq!((one, other), ((Ok(true), true), (Ok(true), false)));
}
