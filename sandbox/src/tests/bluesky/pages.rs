//! The pages for people, and unknown paths.

use bytes::Bytes;
use http::Request;

use super::{BlueskyClient, RKEY, SHOP, error};

#[tokio::test]
async fn a_post_is_shown_escaped_on_both_feeds_and_its_own_page() {
    let bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("demo-shop.test").await;
    bluesky.put(&session.access, SHOP, RKEY, "<script>alert(1)</script> & co").await.unwrap();
    for path in [
        "/feed/bluesky".to_owned(),
        "/feed/bluesky/demo-shop.test".to_owned(),
        format!("/bsky.app/profile/{SHOP}/post/{RKEY}"),
        format!("/bsky.app/profile/demo-shop.test/post/{RKEY}"),
    ] {
        let page = bluesky.world.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; co"), "{path}");
        assert!(!page.body.contains("<script"), "{path}");
    }
    for path in [
        format!("/bsky.app/profile/demo-cafe.test/post/{RKEY}"),
        format!("/bsky.app/profile/{SHOP}/post/3jzfcijpj2z2z"),
        format!("/bsky.app/profile/nobody.test/post/{RKEY}"),
        "/bsky.app/nothing".to_owned(),
        "/.well-known/nothing".to_owned(),
        "/oauth/nothing".to_owned(),
        format!("/{SHOP}/more"),
    ] {
        assert_eq!(bluesky.world.get(&path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn wrong_methods_and_unknown_procedures_are_refused() {
    let bluesky = BlueskyClient::new().await;
    for path in ["/.well-known/oauth-protected-resource", "/bsky.app/profile/a/post/b"] {
        let reply = bluesky.world.ask(Request::post(path).body(Bytes::new()).unwrap()).await.unwrap();
        assert_eq!(reply.status, 405, "{path}");
    }
    assert_eq!(bluesky.world.get("/oauth/token").await.status, 405);
    assert_eq!(error(&bluesky.world.get(super::PUT).await), (400, "InvalidRequest".into()));
    assert_eq!(error(&bluesky.world.get("/xrpc/com.example.nothing").await), (501, "MethodNotImplemented".into()));
    let large = Request::post("/oauth/par").body(vec![b'a'; 64 * 1024 + 1].into()).unwrap();
    assert_eq!(bluesky.world.ask(large).await.unwrap().status, 413);
}
