use std::{
    future::ready,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::DiscoveryError;
use crate::{
    net::{Engine, Failure, Reach, Request, Response, Transport},
    tokens::{TIMEOUT, Trust, jwk::tests::key_set},
};

/// A network with documents by URL. It answers any other URL with the status `elsewhere` and records every request.
#[derive(Clone)]
struct Pages {
    pages: Vec<(String, Value)>,
    elsewhere: u16,
    requested: Arc<Mutex<Vec<String>>>,
}

impl Transport for Pages {
    fn send(&self, request: Request, reach: Reach) -> BoxFuture<'_, Result<Response, Failure>> {
        assert_eq!(reach, Reach::Named, "through the address guard");
        let url = request.uri().to_string();
        let page = self.pages.iter().find(|(known, _)| *known == url).map(|(_, page)| page.to_string());
        self.requested.lock().unwrap().push(url);
        let (status, body) = page.map_or((self.elsewhere, String::new()), |page| (200, page));
        let answer = http::Response::builder().status(status).body(Bytes::from(body)).unwrap();
        Box::pin(ready(Ok(answer)))
    }
}

/// The requested URLs and whether keys are found, with these documents.
async fn discover(issuer: &str, pages: &[(&str, Value)]) -> (Vec<String>, bool) {
    let (requested, found) = discover_with(404, TIMEOUT, issuer, pages).await;
    (requested, found.is_ok())
}

/// The same with a status for every other URL and a time limit; returns why no keys are found.
async fn discover_with(
    elsewhere: u16,
    limit: Duration,
    issuer: &str,
    pages: &[(&str, Value)],
) -> (Vec<String>, Result<(), DiscoveryError>) {
    let pages: Vec<_> = pages.iter().map(|(url, page)| ((*url).to_owned(), page.clone())).collect();
    let pages = Pages { pages, elsewhere, requested: Arc::default() };
    let engine = Engine::new(pages.clone(), TIMEOUT);
    let trust = Trust::new(issuer, "us", false).unwrap();
    let found = super::keys(&engine, &trust, limit).await.map(drop);
    let requested = pages.requested.lock().unwrap().clone();
    (requested, found)
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
        let keys = (KEYS, key_set(&["a"]));
        let (requested, found) = discover(issuer, &[(oauth, metadata(issuer)), keys.clone()]).await;
        assert_eq!((requested, found), (vec![oauth.to_owned(), KEYS.into()], true));
        let (requested, found) = discover(issuer, &[(openid, metadata(issuer)), keys.clone()]).await;
        assert_eq!((requested, found), (vec![oauth.to_owned(), openid.into(), KEYS.into()], true));
        // Metadata whose issuer differs by one character: its keys are not requested.
        let other = metadata(&format!("{issuer}/"));
        let (requested, found) = discover(issuer, &[(oauth, other.clone()), (openid, other), keys]).await;
        assert_eq!((requested, found), (vec![oauth.to_owned(), openid.into()], false));
    }
}

#[tokio::test]
async fn the_second_url_is_requested_after_any_answer_at_the_first() {
    const OAUTH: &str = "https://a.test/.well-known/oauth-authorization-server";
    const OPENID: &str = "https://a.test/.well-known/openid-configuration";
    let keys = ("https://keys.test/set", key_set(&["a"]));
    for status in [302, 403, 500, 503] {
        let (requested, found) =
            discover_with(status, TIMEOUT, "https://a.test", &[(OPENID, metadata("https://a.test")), keys.clone()])
                .await;
        assert_eq!((requested, found), (vec![OAUTH.to_owned(), OPENID.into(), keys.0.into()], Ok(())), "{status}");
    }
    // If both fail, the log says why.
    let (requested, found) = discover_with(500, TIMEOUT, "https://a.test", &[]).await;
    assert_eq!(requested, [OAUTH, OPENID]);
    assert_eq!(found.unwrap_err().reason, "status 500");
}

#[tokio::test]
async fn a_set_without_a_usable_key_is_refused() {
    const OAUTH: &str = "https://a.test/.well-known/oauth-authorization-server";
    for keys in [json!({ "keys": [] }), json!({ "keys": [{ "kty": "oct", "k": "AA" }] }), json!([]), json!({})] {
        let (_, found) =
            discover("https://a.test", &[(OAUTH, metadata("https://a.test")), ("https://keys.test/set", keys)]).await;
        assert!(!found);
    }
}

#[tokio::test]
async fn one_time_limit_covers_all_documents() {
    const OAUTH: &str = "https://a.test/.well-known/oauth-authorization-server";
    let pages = [(OAUTH, metadata("https://a.test")), ("https://keys.test/set", key_set(&["a"]))];
    let (requested, found) = discover_with(404, Duration::ZERO, "https://a.test", &pages).await;
    assert_eq!((requested, found.is_ok()), (vec![], false), "nothing is requested after the limit");
}
