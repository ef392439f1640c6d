//! Bluesky in test mode, on the sandbox: from the handle on the connect page to the post on the feed.

use chrono::Duration;
use http::Method;
use serde_json::{Value, json};
use shared::{
    lambda::respond,
    tenant::Mode,
    testing::{Ask, TestResponse},
};

use crate::{
    connect::said,
    world::{Browser, SANDBOX, World, consent, way_out},
};

/// A client of the agency's test mode.
pub(super) struct TestMode {
    pub(super) world: World,
    key: String,
    client: String,
}

impl TestMode {
    pub(super) async fn new() -> Self {
        let world = World::new().await;
        let key = world.agency(world.agency, Mode::Test).await;
        let client = world.ask(Ask::post("/v1/clients", &json!({ "name": "Autoloom Detailing" })).key(&key)).await;
        let client = client.data()["id"].as_str().unwrap().to_owned();
        Self { world, key, client }
    }

    async fn link(&self) -> String {
        let invite = self.world.link_with(&self.key, &self.client, &["bluesky"]).await;
        invite["url"].as_str().unwrap().replace(crate::world::URL, "")
    }

    /// Enters a handle on the link's page.
    async fn press(&self, browser: &mut Browser, link: &str, handle: &str) -> TestResponse {
        browser.press(&self.world, &format!("{link}/bluesky"), &format!("handle={handle}")).await
    }

    /// Connects an account; returns its id.
    pub(super) async fn connect(&self, handle: &str) -> String {
        let (mut browser, link) = (Browser::default(), self.link().await);
        let page = self.press(&mut browser, &link, handle).await;
        assert_eq!(said(&page), (200, ""), "{}", page.text);
        let callback = consent(&self.world, &way_out(&page), handle).await;
        let page = browser.follow(&self.world, &callback).await;
        assert!(page.text.contains("✓") && page.text.contains(handle), "{}", page.text);
        let path = format!("/v1/accounts?clientId={}", self.client);
        let accounts = self.world.ask(Ask::get(&path).key(&self.key)).await.data();
        let account = accounts.as_array().unwrap().iter().find(|account| account["handle"] == handle).unwrap();
        assert_eq!((&account["platform"], &account["status"]), (&json!("bluesky"), &json!("connected")));
        account["id"].as_str().unwrap().to_owned()
    }

    /// Publishes now; returns the post.
    async fn post(&self, account: &str, content: &str) -> Value {
        self.post_with(account, content, json!({})).await
    }

    /// Publishes now, with more fields of a request; returns the post.
    pub(super) async fn post_with(&self, account: &str, content: &str, more: Value) -> Value {
        let mut body = json!({
            "clientId": self.client,
            "content": content,
            "targets": { "mode": "selection", "accountIds": [account] },
            "schedule": { "type": "now" },
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.world.ask(Ask::post("/v1/posts", &body).key(&self.key)).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        self.world.deliver().await;
        answer.data()
    }

    /// The only target of a post.
    pub(super) async fn target(&self, post: &Value) -> Value {
        let path = format!("/v1/posts/{}", post["id"].as_str().unwrap());
        self.world.ask(Ask::get(&path).key(&self.key)).await.data()["targets"][0].clone()
    }

    pub(super) async fn feed(&self, handle: &str) -> Vec<Value> {
        let feed = self.world.network.get(&format!("{SANDBOX}/feed/bluesky/{handle}.json")).await;
        feed["posts"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn a_post_is_published_from_a_typed_handle_to_the_feed() {
    let test = TestMode::new().await;
    let account = test.connect("demo-shop.test").await;
    let post = test.post(&account, "New drop 🚗 for @demo-cafe.test: https://example.com #new").await;
    let target = test.target(&post).await;
    assert_eq!(target["status"], "published", "{target}");
    let [published] = &test.feed("demo-shop.test").await[..] else { panic!("one post") };
    assert_eq!(published["uri"], target["platformPostId"]);
    assert_eq!(published["text"], "New drop 🚗 for @demo-cafe.test: https://example.com #new");
    let facets = published["record"]["facets"].as_array().unwrap();
    let kinds: Vec<&str> = facets.iter().map(|facet| facet["features"][0]["$type"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 3, "a mention, a link and a tag: {kinds:?}");
    let mut calls = test.world.network.seen();
    calls.retain(|call| !call.contains(SANDBOX));
    assert_eq!(calls, ["GET https://example.com/"], "test mode reaches only the sandbox, and the page of a link");
}

#[tokio::test]
async fn an_unknown_handle_and_a_refusal_connect_nothing() {
    let test = TestMode::new().await;
    let link = test.link().await;
    let mut browser = Browser::default();
    let page = test.press(&mut browser, &link, "nobody.test").await;
    assert_eq!(page.status, 422, "{}", page.text);
    let page = test.press(&mut browser, &link, "declines.test").await;
    let callback = consent(&test.world, &way_out(&page), "declines.test").await;
    let page = browser.follow(&test.world, &callback).await;
    assert_eq!(said(&page).1, "declined", "{}", page.text);
}

#[tokio::test]
async fn a_token_that_has_ended_is_refreshed_before_a_post() {
    let test = TestMode::new().await;
    let account = test.connect("short-lived.test").await;
    for text in ["one", "two"] {
        test.world.pass(Duration::minutes(2)).await;
        let post = test.post(&account, text).await;
        test.world.pass(Duration::minutes(1)).await;
        assert_eq!(test.target(&post).await["status"], "published", "{text}");
    }
    assert_eq!(test.feed("short-lived.test").await.len(), 2);
}

#[tokio::test]
async fn accounts_that_misbehave_end_as_on_the_other_networks() {
    let test = TestMode::new().await;
    for (handle, status, posts) in [
        ("answer-lost.test", "published", 1),
        ("rate-limited.test", "published", 1),
        ("token-dead.test", "held", 0),
        ("suspended.test", "failed", 0),
    ] {
        let account = test.connect(handle).await;
        let post = test.post(&account, "hello").await;
        test.world.pass(Duration::minutes(10)).await;
        let target = test.target(&post).await;
        assert_eq!(target["status"], status, "{handle}: {target}");
        assert_eq!(test.feed(handle).await.len(), posts, "{handle}");
    }
}

#[tokio::test]
async fn a_disconnected_account_is_revoked_at_the_sandbox() {
    let test = TestMode::new().await;
    let account = test.connect("demo-shop.test").await;
    let _ = test.world.network.seen();
    let ask = Ask::new(Method::DELETE, &format!("/v1/accounts/{account}")).key(&test.key);
    let answer = test.world.ask(ask).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let calls = test.world.network.seen();
    assert!(calls.contains(&format!("POST {SANDBOX}/oauth/revoke")), "{calls:?}");
    assert_eq!(answer.data()["status"], "disconnected");
    let document = Ask::get("/oauth/client-metadata.json").build();
    let function = &test.world.functions.client_metadata;
    let answer = TestResponse::read(respond(function, client_metadata::handle, document).await);
    assert_eq!(answer.json()["token_endpoint_auth_method"], "private_key_jwt", "the sandbox knew us by our key");
}
