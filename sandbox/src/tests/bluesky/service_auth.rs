//! Tokens for a method of another service.

use http::Request;

use super::{BlueskyClient, Session, encode, error};
use crate::tests::Received;

const RPC: &str = "atproto repo:app.bsky.feed.post rpc:com.atproto.repo.uploadBlob?aud=*";
const UPLOAD_BLOB: &str = "com.atproto.repo.uploadBlob";
const PDS: &str = "did:web:127.0.0.1";

impl BlueskyClient {
    pub(super) async fn service_auth(&self, session: &Session, query: &[(&str, &str)]) -> Received {
        let path = format!("/xrpc/com.atproto.server.getServiceAuth?{}", encode(query));
        self.send(|| Request::get(&path), Some(&session.access), b"").await.unwrap()
    }
}

#[tokio::test]
async fn a_token_is_for_one_method_and_at_most_an_hour() {
    let bluesky = BlueskyClient::allowing(RPC).await;
    let session = bluesky.connect("demo-shop.test").await;
    let now = bluesky.world.now().timestamp();
    let ask = async |aud: &str, lxm: &str, exp: &str| {
        bluesky.service_auth(&session, &[("aud", aud), ("lxm", lxm), ("exp", exp)]).await
    };
    let reply = ask(PDS, UPLOAD_BLOB, &(now + 3600).to_string()).await;
    let token = reply.json()["token"].as_str().unwrap().to_owned();
    assert_eq!((reply.status.as_u16(), token.split('.').count()), (200, 3));
    assert!(!bluesky.world.everything().await.contains(&token), "the table has its fingerprint");
    let invalid = (400, "InvalidRequest".to_owned());
    let expiration = (400, "BadExpiration".to_owned());
    for (aud, lxm, exp, expected) in [
        ("pds", UPLOAD_BLOB, now, &invalid),
        (PDS, "upload", now, &invalid),
        (PDS, UPLOAD_BLOB, now - 1, &expiration),
        (PDS, UPLOAD_BLOB, now + 3601, &expiration),
        (PDS, "com.atproto.repo.putRecord", now, &(403, "ScopeMissingError".to_owned())),
    ] {
        assert_eq!(error(&ask(aud, lxm, &exp.to_string()).await), *expected, "{aud} {lxm} {exp}");
    }
    assert_eq!(error(&ask(PDS, UPLOAD_BLOB, "soon").await), invalid);
    assert_eq!(error(&bluesky.service_auth(&session, &[("lxm", UPLOAD_BLOB)]).await), invalid);
}

#[tokio::test]
async fn a_token_needs_its_permission() {
    let bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("demo-shop.test").await;
    let reply = bluesky.service_auth(&session, &[("aud", PDS), ("lxm", UPLOAD_BLOB)]).await;
    assert_eq!(error(&reply), (403, "ScopeMissingError".to_owned()));
    let bare = bluesky.world.get("/xrpc/com.atproto.server.getServiceAuth?aud=did:web:127.0.0.1").await;
    assert_eq!(error(&bare), (401, "AuthMissing".to_owned()));
}

#[tokio::test]
async fn a_permission_names_a_method_and_an_audience() {
    for (scope, valid) in [
        ("atproto rpc:com.atproto.repo.uploadBlob?aud=*", true),
        ("atproto rpc:*?aud=did:web:api.bsky.app%23bsky_appview", true),
        ("atproto rpc?lxm=a.b.c&lxm=a.b.d&aud=*", true),
        ("atproto rpc:*?aud=*", false),
        ("atproto rpc:com.atproto.repo.uploadBlob", false),
        ("atproto rpc:com.atproto.repo.uploadBlob?aud=did:web:pds", false),
        ("atproto rpc:upload?aud=*", false),
        ("atproto rpc?aud=*", false),
    ] {
        let bluesky = BlueskyClient::allowing(scope).await;
        let challenge = crate::secret::challenge(super::VERIFIER);
        let reply = bluesky.form(super::PAR, &bluesky.asking("demo-shop.test", &challenge)).await;
        assert_eq!(reply.status == 201, valid, "{scope}: {}", reply.body);
    }
}
