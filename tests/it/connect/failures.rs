//! Failures at the platform: each has its page and code, and connects nothing.

use serde_json::{Value, json};
use shared::net::{Response, SendError};

use super::{TOKEN, WHOAMI, called, count, is, reply, said, tables, with};
use crate::world::{Browser, World};

/// A started attempt: its client, link, browser and callback.
async fn started(world: &World) -> (String, String, Browser, String) {
    let client = world.client("A").await;
    let link = world.link(&client, &["x"]).await;
    let mut browser = Browser::default();
    let callback = browser.authorize_x(world, &link, "demo_shop").await;
    let _ = world.network.seen();
    (client, link, browser, callback)
}

/// Follows a callback while `address` gives this answer; returns the page's status and code.
async fn fails(address: &'static str, answer: Result<Response, SendError>) -> (u16, String) {
    let world = World::new().await;
    let (client, link, mut browser, callback) = started(&world).await;
    let before = tables(&world).await;
    world.network.hook(move |request| is(request, address).then(|| answer.clone()));

    let page = browser.follow(&world, &callback).await;
    let (status, code) = said(&page);
    assert!(!page.text.contains("EVIL"), "a platform's words are on the page: {}", page.text);
    assert!(page.text.contains("Connect X</button>") && !page.text.contains("✓"), "{}", page.text);
    assert_eq!(called(&world, TOKEN), 1, "a code is exchanged at most once");
    assert_eq!(tables(&world).await, before, "nothing is stored");
    assert!(world.accounts(&client).await.is_empty());
    // The code may be used up, so the attempt is; a new one connects.
    world.network.unhook();
    assert_eq!(said(&browser.get(&world, &callback).await), (400, "state_used"));
    assert_eq!(said(&browser.connect_x(&world, &link, "demo_shop").await), (200, ""));
    assert_eq!(count(&world, "GRANT").await, 1);
    (status, code.to_owned())
}

fn granted(scope: &str) -> Response {
    reply(
        200,
        &json!({
            "token_type": "bearer", "expires_in": 7200, "access_token": "EVIL-access", "scope": scope, "refresh_token": "EVIL",
        }),
    )
}

fn evil(status: u16, error: &str) -> Response {
    reply(status, &json!({ "error": error, "error_description": "EVIL", "title": "EVIL", "detail": "EVIL" }))
}

#[tokio::test]
async fn a_code_that_the_platform_refuses_connects_nothing() {
    for (status, error) in [(400, "invalid_grant"), (400, "EVIL words"), (401, "unauthorized_client"), (403, "")] {
        assert_eq!(fails(TOKEN, Ok(evil(status, error))).await, (502, "exchange_refused".into()), "{status} {error}");
    }
}

#[tokio::test]
async fn a_grant_without_a_required_scope_connects_nothing() {
    for scope in ["tweet.read users.read offline.access", "", "tweet.read users.read tweet.writer"] {
        assert_eq!(fails(TOKEN, Ok(granted(scope))).await, (403, "scopes_missing".into()), "{scope:?}");
    }
}

#[tokio::test]
async fn an_omitted_scope_means_that_all_requested_scopes_were_granted() {
    let world = World::new().await;
    let (client, _, mut browser, callback) = started(&world).await;
    let tokens = json!({ "token_type": "bearer", "access_token": "a-token-without-a-scope" });
    let user = json!({ "data": { "id": "1", "name": "N", "username": "ann" } });
    world.network.hook(move |request| {
        let answer = if is(request, TOKEN) { &tokens } else { &user };
        Some(Ok(reply(200, answer)))
    });
    assert_eq!(said(&browser.follow(&world, &callback).await), (200, ""));
    assert_eq!(world.accounts(&client).await[0]["handle"], "ann");
}

#[tokio::test]
async fn a_platform_that_is_down_at_the_exchange_connects_nothing() {
    let down = (502, "platform_down".to_owned());
    for answer in [
        Err(SendError::NotSent("EVIL".into())),
        Err(SendError::OutcomeUnknown("EVIL".into())),
        Ok(evil(500, "EVIL")),
        Ok(evil(503, "invalid_grant")),
        Ok(evil(429, "")),
        Ok(reply(200, &json!({ "token_type": "EVIL" }))),
        Ok(reply(200, &Value::Null)),
    ] {
        assert_eq!(fails(TOKEN, answer.clone()).await, down, "{answer:?}");
    }
}

#[tokio::test]
async fn a_platform_that_does_not_identify_the_account_connects_nothing() {
    let (down, refused) = ((502, "platform_down".to_owned()), (502, "exchange_refused".to_owned()));
    for (answer, expected) in [
        (Err(SendError::NotSent("EVIL".into())), &down),
        (Err(SendError::OutcomeUnknown("EVIL".into())), &down),
        (Ok(evil(500, "EVIL")), &down),
        (Ok(evil(429, "EVIL")), &down),
        (Ok(reply(200, &json!({ "data": { "name": "EVIL" } }))), &down),
        (Ok(reply(200, &json!({ "data": { "id": "1", "name": "N", "username": "<b>EVIL" } }))), &down),
        (Ok(evil(401, "EVIL")), &refused),
        (Ok(evil(403, "EVIL")), &refused),
    ] {
        assert_eq!(fails(WHOAMI, answer.clone()).await, *expected, "{answer:?}");
    }
}

#[tokio::test]
async fn a_customer_who_declines_sees_so_and_can_still_connect() {
    let world = World::new().await;
    let (client, link, mut browser, callback) = started(&world).await;
    let before = tables(&world).await;
    let declined = with(&with(&callback, "code", None), "error", Some("access_denied"));
    let page = browser.get(&world, &with(&declined, "error_description", Some("EVIL"))).await;
    assert_eq!(said(&page), (200, "declined"));
    assert!(page.text.contains("Connect X</button>") && !page.text.contains("EVIL"), "{}", page.text);
    // An error beside a code is a refusal too.
    let beside = with(&callback, "error", Some("access_denied"));
    assert_eq!(said(&browser.get(&world, &beside).await), (200, "declined"));
    assert!(world.network.seen().is_empty());
    assert_eq!(tables(&world).await, before);
    assert_eq!(said(&browser.connect_x(&world, &link, "demo_shop").await), (200, ""));
    assert_eq!(world.accounts(&client).await.len(), 1);
}

/// RFC 6749 §4.1.2.1: only `access_denied` is a decision of the customer.
#[tokio::test]
async fn an_error_at_the_callback_that_is_no_refusal_is_the_platforms_or_ours() {
    let world = World::new().await;
    let (client, link, mut browser, callback) = started(&world).await;
    let before = tables(&world).await;
    for error in [
        "server_error",
        "temporarily_unavailable",
        "invalid_scope",
        "unauthorized_client",
        "invalid_request",
        "unsupported_response_type",
        "EVIL",
        "",
    ] {
        for callback in [with(&callback, "code", None), callback.clone()] {
            let page = browser.get(&world, &with(&callback, "error", Some(error))).await;
            assert_eq!(said(&page), (502, "authorization_failed"), "{error}");
            assert!(page.text.contains("Connect X</button>") && !page.text.contains("EVIL"), "{}", page.text);
        }
    }
    assert!(world.network.seen().is_empty());
    assert_eq!(tables(&world).await, before);
    assert_eq!(said(&browser.connect_x(&world, &link, "demo_shop").await), (200, ""));
    assert_eq!(world.accounts(&client).await.len(), 1);
}

#[tokio::test]
async fn a_failure_on_the_links_page_shows_its_correlation_id() {
    let world = World::new().await;
    let (_, link, _, callback) = started(&world).await;
    for path in [callback.as_str(), "/connect/x/callback"] {
        let page = world.ask(shared::testing::Ask::get(path).header("x-correlation-id", "mine-7")).await;
        assert!(page.text.contains("mine-7"), "{}", page.text);
    }
    let page = world.ask(shared::testing::Ask::get(&link).header("x-correlation-id", "mine-7")).await;
    assert!(!page.text.contains("mine-7"), "a page without a failure shows no reference: {}", page.text);
}
