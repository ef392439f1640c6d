//! The pages for people, the JSON feed, and unknown paths.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use super::World;

#[tokio::test]
async fn a_post_is_shown_escaped_on_both_feeds_and_its_own_page() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let reply = world.tweet(&access, "<script>alert(1)</script> & co").await.unwrap();
    let id = reply.json()["data"]["id"].as_str().unwrap().to_owned();
    for path in [
        "/feed/x".to_owned(),
        "/feed/x/demo_shop".to_owned(),
        format!("/x.com/demo_shop/status/{id}"),
        format!("/x.com/DEMO_SHOP/status/{id}"),
    ] {
        let page = world.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; co"), "{path}");
        assert!(!page.body.contains("<script"), "{path}");
        assert!(page.body.contains(&id), "{path}");
    }
    for path in [
        format!("/x.com/demo_cafe/status/{id}"),
        "/x.com/demo_shop/status/1".to_owned(),
        "/x.com/demo_shop/status/-1".to_owned(),
        "/x.com/nobody/status/1".to_owned(),
        "/feed/elsewhere".to_owned(),
        "/elsewhere".to_owned(),
    ] {
        assert_eq!(world.get(&path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_json_feed_has_the_original_text() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let reply = world.tweet(&access, "a & b http://test.co").await.unwrap();
    let id = &reply.json()["data"]["id"];
    let by_suffix = world.get("/feed/x/demo_shop.json").await.json();
    let post = json!({ "id": id, "text": "a & b http://test.co", "createdAt": "2026-11-21T12:00:00.250Z" });
    assert_eq!(by_suffix, json!({ "account": "demo_shop", "posts": [post] }));
    let request = Request::get("/feed/x/demo_shop").header("accept", "application/json").body(Bytes::new()).unwrap();
    assert_eq!(world.ask(request).await.unwrap().json(), by_suffix);
    assert_eq!(world.all_posts("x").await[0]["account"], "demo_shop");
}

#[tokio::test]
async fn the_feed_of_all_accounts_is_in_descending_order() {
    let world = World::new().await;
    for (number, username) in ["demo_shop", "demo_cafe", "busy_shop"].iter().enumerate() {
        let access = world.connect(username).await;
        world.tweet(&access, &format!("number {number}")).await.unwrap();
        world.pass(1);
    }
    let page = world.get("/feed/x").await.body;
    let at = |number| page.find(&format!("number {number}")).unwrap();
    assert!(at(2) < at(1) && at(1) < at(0));
}

#[tokio::test]
async fn the_api_answers_unknown_paths_with_problems() {
    let world = World::new().await;
    let reply = world.get("/api.x.com/2/nothing").await;
    assert_eq!(reply.status, 404);
    assert_eq!(
        reply.json(),
        json!({ "title": "Not Found", "type": "about:blank", "status": 404, "detail": "Not Found" })
    );
    let reply = world.get("/api.x.com/2/tweets").await;
    assert_eq!(reply.status, 405);
    assert_eq!(reply.header("allow"), "POST");
    for (path, status) in [("/api.x.com/2/tweets", 413), ("/x.com/i/oauth2/authorize", 413)] {
        let large = Bytes::from(vec![b'a'; 64 * 1024 + 1]);
        let reply = world.ask(Request::post(path).body(large).unwrap()).await.unwrap();
        assert_eq!(reply.status, status, "{path}");
    }
    for path in ["/", "/x.com/demo_shop/status/1"] {
        let reply = world.ask(Request::post(path).body(Bytes::new()).unwrap()).await.unwrap();
        assert_eq!(reply.status, 405, "{path}");
    }
}

#[tokio::test]
async fn secrets_are_not_in_the_table() {
    let world = World::new().await;
    let code = world.code("demo_shop", super::SCOPES).await;
    let tokens = world.redeem(&code).await.json();
    let kept = world.everything().await;
    assert!(kept.contains("x#grant#"), "the table was read");
    for secret in [&code, tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap()] {
        assert!(!kept.contains(secret));
    }
}
