use std::{
    future::{pending, ready},
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::future::{BoxFuture, join};
use serde_json::{Value, json};

use super::{
    Failure, Trust,
    cache::Cache,
    discovery::{self, Unreadable},
    jwk::{Algorithm, KeySet},
};
use crate::net::{HttpClient, Reach, Request, Response, SendError, Transport};

const ED25519: Algorithm = Algorithm::Ed25519;

fn set(ids: &[&str]) -> Value {
    // RFC 8037 A.2
    let key = |id: &&str| json!({ "kty": "OKP", "crv": "Ed25519", "kid": id, "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    json!({ "keys": ids.iter().map(key).collect::<Vec<_>>() })
}

/// Documents by their addresses, what is answered at every other, and which were asked for.
#[derive(Clone)]
struct Pages {
    pages: Vec<(String, Value)>,
    elsewhere: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Transport for Pages {
    fn send(&self, request: Request, reach: Reach) -> BoxFuture<'_, Result<Response, SendError>> {
        assert_eq!(reach, Reach::Named, "through the guard");
        let url = request.uri().to_string();
        let page = self.pages.iter().find(|(known, _)| *known == url).map(|(_, page)| page.to_string());
        self.asked.lock().unwrap().push(url);
        let (status, body) = page.map_or((self.elsewhere, String::new()), |page| (200, page));
        let answer = http::Response::builder().status(status).body(Bytes::from(body)).unwrap();
        Box::pin(ready(Ok(answer)))
    }
}

/// What is asked for, and whether keys are found, with these pages.
async fn discover(issuer: &str, pages: &[(&str, Value)]) -> (Vec<String>, bool) {
    let (asked, found) = discover_beside(404, super::TIMEOUT, issuer, pages).await;
    (asked, found.is_ok())
}

/// The same, with that status at every other address, and with that patience; and why no keys are found.
async fn discover_beside(
    elsewhere: u16,
    limit: Duration,
    issuer: &str,
    pages: &[(&str, Value)],
) -> (Vec<String>, Result<(), Unreadable>) {
    let pages: Vec<_> = pages.iter().map(|(url, page)| ((*url).to_owned(), page.clone())).collect();
    let pages = Pages { pages, elsewhere, asked: Arc::default() };
    let http = HttpClient::new(pages.clone(), super::TIMEOUT);
    let trust = Trust::new(issuer, "us", false).unwrap();
    let found = discovery::keys(&http, &trust, limit).await.map(drop);
    let asked = pages.asked.lock().unwrap().clone();
    (asked, found)
}

fn metadata(issuer: &str) -> Value {
    json!({ "issuer": issuer, "jwks_uri": "https://keys.test/set" })
}

#[tokio::test]
async fn keys_are_found_by_either_discovery() {
    const KEYS: &str = "https://keys.test/set";
    for (issuer, oauth, openid) in [
        (
            "https://a.test",
            "https://a.test/.well-known/oauth-authorization-server",
            "https://a.test/.well-known/openid-configuration",
        ),
        (
            "https://a.test/t/1",
            "https://a.test/.well-known/oauth-authorization-server/t/1",
            "https://a.test/t/1/.well-known/openid-configuration",
        ),
        (
            "https://a.test/t/",
            "https://a.test/.well-known/oauth-authorization-server/t",
            "https://a.test/t/.well-known/openid-configuration",
        ),
    ] {
        let keys = (KEYS, set(&["a"]));
        let (asked, found) = discover(issuer, &[(oauth, metadata(issuer)), keys.clone()]).await;
        assert_eq!((asked, found), (vec![oauth.to_owned(), KEYS.into()], true));
        let (asked, found) = discover(issuer, &[(openid, metadata(issuer)), keys.clone()]).await;
        assert_eq!((asked, found), (vec![oauth.to_owned(), openid.into(), KEYS.into()], true));
        // Another's metadata, by the letter: its keys are not even asked for.
        let other = metadata(&format!("{issuer}/"));
        let (asked, found) = discover(issuer, &[(oauth, other.clone()), (openid, other), keys]).await;
        assert_eq!((asked, found), (vec![oauth.to_owned(), openid.into()], false));
    }
}

#[tokio::test]
async fn whatever_an_issuer_answers_at_the_first_address_the_second_is_asked() {
    const OAUTH: &str = "https://a.test/.well-known/oauth-authorization-server";
    const OPENID: &str = "https://a.test/.well-known/openid-configuration";
    let keys = ("https://keys.test/set", set(&["a"]));
    for status in [302, 403, 500, 503] {
        let (asked, found) = discover_beside(
            status,
            super::TIMEOUT,
            "https://a.test",
            &[(OPENID, metadata("https://a.test")), keys.clone()],
        )
        .await;
        assert_eq!((asked, found), (vec![OAUTH.to_owned(), OPENID.into(), keys.0.into()], Ok(())), "{status}");
    }
    // Where neither is to be had, the log says why.
    let (asked, found) = discover_beside(500, super::TIMEOUT, "https://a.test", &[]).await;
    assert_eq!(asked, [OAUTH, OPENID]);
    assert_eq!(found.unwrap_err().reason, "status 500");
}

#[tokio::test]
async fn a_set_without_a_key_that_can_be_used_is_no_answer() {
    const OAUTH: &str = "https://a.test/.well-known/oauth-authorization-server";
    for keys in [json!({ "keys": [] }), json!({ "keys": [{ "kty": "oct", "k": "AA" }] }), json!([]), json!({})] {
        let (_, found) =
            discover("https://a.test", &[(OAUTH, metadata("https://a.test")), ("https://keys.test/set", keys)]).await;
        assert!(!found);
    }
}

#[tokio::test]
async fn the_documents_have_one_time_together() {
    const OAUTH: &str = "https://a.test/.well-known/oauth-authorization-server";
    let pages = [(OAUTH, metadata("https://a.test")), ("https://keys.test/set", set(&["a"]))];
    let (asked, found) = discover_beside(404, Duration::ZERO, "https://a.test", &pages).await;
    assert_eq!((asked, found.is_ok()), (vec![], false), "when it is up, none is asked for");
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

/// Whether the key is found at that second, if the issuer then has these; and whether it was asked.
async fn find(cache: &Cache, id: &str, second: i64, issuer: Option<&[&str]>) -> (Result<bool, Failure>, bool) {
    let mut asked = false;
    let answer = async {
        asked = true;
        let down = || Unreadable { document: "the issuer's keys", reason: "down".into() };
        issuer.and_then(|ids| KeySet::parse(&set(ids))).ok_or_else(down)
    };
    let found = cache.find(Some(id), ED25519, at(second), answer).await;
    (found.map(|key| key.is_some()), asked)
}

#[tokio::test]
async fn an_unknown_key_makes_us_ask_once_a_minute() {
    let cache = Cache::default();
    assert_eq!(find(&cache, "a", 0, Some(&["a"])).await, (Ok(true), true));
    assert_eq!(find(&cache, "a", 1, Some(&["b"])).await, (Ok(true), false), "known");
    assert_eq!(find(&cache, "b", 59, Some(&["b"])).await, (Ok(false), false), "asked within the minute");
    assert_eq!(find(&cache, "b", 60, Some(&["b"])).await, (Ok(true), true));
    assert_eq!(find(&cache, "a", 61, Some(&["a"])).await, (Ok(false), false), "withdrawn");
    assert_eq!(find(&cache, "a", 120, None).await, (Ok(false), true));
    assert_eq!(find(&cache, "a", 179, Some(&["a"])).await, (Ok(false), false), "a failure counts, too");
}

#[tokio::test]
async fn without_any_keys_nobody_can_tell() {
    let cache = Cache::default();
    let unavailable = |retry_after| Err(Failure::Unavailable { retry_after });
    assert_eq!(find(&cache, "a", 0, None).await, (unavailable(60), true));
    assert_eq!(find(&cache, "a", 45, Some(&["a"])).await, (unavailable(15), false));
    assert_eq!(find(&cache, "a", 60, Some(&["a"])).await, (Ok(true), true));
}

#[tokio::test]
async fn known_keys_are_read_again_after_ten_minutes_and_serve_for_a_day_while_the_issuer_is_down() {
    let cache = Cache::default();
    assert_eq!(find(&cache, "a", 0, Some(&["a"])).await, (Ok(true), true));
    assert_eq!(find(&cache, "a", 599, Some(&["b"])).await, (Ok(true), false));
    assert_eq!(find(&cache, "a", 600, None).await, (Ok(true), true), "down");
    assert_eq!(find(&cache, "a", 659, None).await, (Ok(true), false));
    assert_eq!(find(&cache, "a", 24 * 3600 - 1, None).await, (Ok(true), true));
    let (found, _) = find(&cache, "a", 24 * 3600, None).await;
    assert_eq!(found, Err(Failure::Unavailable { retry_after: 59 }));
    assert_eq!(find(&cache, "a", 24 * 3600 + 60, Some(&["b"])).await, (Ok(false), true), "withdrawn");
}

#[tokio::test]
async fn who_has_a_key_does_not_wait_for_who_asks() {
    let cache = Cache::default();
    assert_eq!(find(&cache, "a", 0, Some(&["a"])).await, (Ok(true), true));
    let stuck = cache.find(Some("b"), ED25519, at(60), pending());
    let known = find(&cache, "a", 600, Some(&["a"]));
    tokio::select! {
        biased;
        _ = stuck => panic!("nobody answers it"),
        known = known => assert_eq!(known, (Ok(true), false)),
    }
    // Whoever gave up has asked all the same.
    assert_eq!(find(&cache, "b", 119, Some(&["b"])).await, (Ok(false), false));
}

#[tokio::test]
async fn two_at_once_ask_once() {
    let cache = Cache::default();
    let (one, other) = join(find(&cache, "a", 0, Some(&["a"])), find(&cache, "a", 0, Some(&["a"]))).await;
    assert_eq!((one, other), ((Ok(true), true), (Ok(true), false)));
}
