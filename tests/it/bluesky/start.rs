//! The start: who it is and which server speaks for them, both ways; a pushed request with a proof.

use std::collections::BTreeMap;

use chrono::Duration;
use futures_util::future::join_all;
use serde_json::json;
use shared::store::Start;

use super::Scene;
use crate::{
    connect::{called, headed, invite, is, reply, said, tables},
    world::{
        Browser, URL, World,
        atproto::{ANN, ANN_HANDLE, AtProtocol, BOB_HANDLE, CLIENT, ISSUER, METADATA, PAR, RESOLVE, RESOURCE, TOKEN},
        way_out,
    },
};

const SCOPE: &str = "atproto repo:app.bsky.feed.post?action=create&action=update";

#[tokio::test]
async fn the_browser_carries_nothing_but_a_client_and_a_pushed_request() {
    for typed in [ANN_HANDLE, " @Ann.Test ", ANN] {
        let mut scene = Scene::new().await;
        let page = scene.press(typed).await;
        let url = way_out(&page);
        let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
        let names: Vec<&str> = query.keys().map(String::as_str).collect();
        assert_eq!(names, ["client_id", "request_uri"], "{url}");
        assert_eq!(url.origin().ascii_serialization(), ISSUER);

        assert_eq!(query["client_id"], CLIENT);
        let redirect_uri = format!("{URL}/connect/bluesky/callback");

        let [pushed] = &scene.network.pushed()[..] else { panic!("{:?}", scene.network.pushed()) };
        assert_eq!((&pushed["redirect_uri"], &pushed["login_hint"]), (&redirect_uri, &ANN_HANDLE.to_owned()));
        assert_eq!((pushed["scope"].as_str(), pushed["code_challenge_method"].as_str()), (SCOPE, "S256"));
        assert!(!page.text.contains(&pushed["state"]), "the state does not pass through the page");
        assert_eq!(called(&scene.world, PAR), 2, "once to learn the nonce, once with it");
    }
}

#[tokio::test]
async fn a_server_that_is_never_content_with_a_nonce_is_asked_twice_and_no_more() {
    let mut scene = Scene::new().await;
    let before = tables(&scene.world).await;
    scene.network.script(|request| {
        is(request, PAR).then(|| {
            let mut answer = reply(400, &json!({ "error": "use_dpop_nonce" }));
            answer.headers_mut().insert("dpop-nonce", "another".parse().unwrap());
            Ok(answer)
        })
    });
    let page = scene.press(ANN_HANDLE).await;
    assert_eq!(said(&page), (502, "exchange_refused"));
    assert_eq!(called(&scene.world, PAR), 2);
    assert!(scene.browser.cookies.is_empty(), "nothing was begun");
    // The one thing that changed is the count of starts.
    assert_eq!(tables(&scene.world).await.len(), before.len());
}

#[tokio::test]
async fn a_name_that_leads_nowhere_begins_nothing() {
    for typed in ["", "ann", "nobody.test", "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb", "https://evil.test", "ann.test/../x"] {
        let mut scene = Scene::new().await;
        let page = scene.press(typed).await;
        assert_eq!(said(&page), (422, "account_not_found"), "{typed:?}");
        assert!(scene.browser.cookies.is_empty() && scene.network.pushed().is_empty(), "{typed:?}");
        assert!(page.text.contains("Connect Bluesky</button>"), "{}", page.text);
        assert!(typed.is_empty() || !page.text.contains(&format!("\"{typed}\"")), "it is not repeated");
    }
}

#[tokio::test]
async fn a_handle_and_its_document_have_to_name_each_other() {
    let document = format!("https://plc.test/{ANN}");
    for (typed, address, bend) in [
        // The handle leads to Ann's document, which claims another one.
        (ANN_HANDLE, document.as_str(), json!({ "alsoKnownAs": [format!("at://{BOB_HANDLE}")] })),
        // A DID that claims the handle of somebody else, which resolves to them.
        (ANN, document.as_str(), json!({ "alsoKnownAs": [format!("at://{BOB_HANDLE}")] })),
        (ANN, RESOLVE, json!({ "did": "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb" })),
        (ANN_HANDLE, document.as_str(), json!({ "id": "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb" })),
        (ANN_HANDLE, document.as_str(), json!({ "alsoKnownAs": [] })),
        (ANN_HANDLE, document.as_str(), json!({ "service": [] })),
        (ANN_HANDLE, RESOURCE, json!({ "resource": "https://other.test" })),
        (ANN_HANDLE, RESOURCE, json!({ "authorization_servers": [ISSUER, "https://other.test"] })),
        // A server that describes another one, or sends the code elsewhere.
        (ANN_HANDLE, METADATA, json!({ "issuer": "https://other.test" })),
        (ANN_HANDLE, METADATA, json!({ "token_endpoint": "https://other.test/oauth/token" })),
        (ANN_HANDLE, METADATA, json!({ "pushed_authorization_request_endpoint": "https://other.test/oauth/par" })),
        (ANN_HANDLE, METADATA, json!({ "authorization_endpoint": "https://other.test/oauth/authorize" })),
        (ANN_HANDLE, METADATA, json!({ "authorization_response_iss_parameter_supported": false })),
        (ANN_HANDLE, METADATA, json!({ "require_pushed_authorization_requests": false })),
    ] {
        let mut scene = Scene::new().await;
        let change = bend.clone();
        scene.network.bend(address, move |answer| {
            for (name, value) in change.as_object().unwrap() {
                answer[name] = value.clone();
            }
        });
        let page = scene.press(typed).await;
        assert_eq!(said(&page), (422, "account_not_found"), "{typed} {address} {bend}");
        assert!(scene.browser.cookies.is_empty() && scene.network.pushed().is_empty(), "{typed} {address} {bend}");
        assert!(!scene.world.network.seen().iter().any(|call| call.contains("other.test")), "{address} {bend}");
        scene.network.straighten();
        assert_eq!(said(&scene.press(typed).await), (200, ""));
    }
}

/// The customer names the servers: all their calls have one time together.
#[tokio::test]
async fn servers_that_take_too_long_at_the_start_begin_nothing() {
    let mut scene = Scene::new().await;
    scene.world.hurry(std::time::Duration::ZERO);
    assert_eq!(said(&scene.press(ANN_HANDLE).await), (502, "platform_down"));
    assert!(scene.browser.cookies.is_empty() && scene.world.network.seen().is_empty());
}

#[tokio::test]
async fn a_network_that_is_down_at_the_start_begins_nothing() {
    let document = format!("https://plc.test/{ANN}");
    for address in [RESOLVE, document.as_str(), RESOURCE, METADATA, PAR] {
        let mut scene = Scene::new().await;
        let down = address.to_owned();
        scene.network.script(move |request| is(request, &down).then(|| Ok(reply(503, &json!({ "error": "EVIL" })))));
        let page = scene.press(ANN_HANDLE).await;
        assert_eq!(said(&page), (502, "platform_down"), "{address}");
        assert!(scene.browser.cookies.is_empty() && !page.text.contains("EVIL"), "{address}");
    }
}

#[tokio::test]
async fn the_sixty_first_start_of_an_hour_is_refused_and_the_next_hour_has_its_own() {
    let mut scene = Scene::new().await;
    for n in 0..60 {
        // Also one that finds nobody makes us call.
        let typed = if n % 2 == 0 { ANN_HANDLE } else { "nobody.test" };
        assert_ne!(said(&scene.press(typed).await).0, 429, "start {n}");
    }
    let _ = scene.world.network.seen();
    let page = scene.press(ANN_HANDLE).await;
    assert_eq!(said(&page), (429, "too_many_starts"));
    assert!(scene.world.network.seen().is_empty(), "nobody is called");

    // Another link has hours of its own, and so has the next hour.
    let other = scene.world.link(&scene.client, &["bluesky"]).await;
    let form = format!("handle={ANN_HANDLE}");
    let page = Browser::default().press(&scene.world, &format!("{other}/bluesky"), &form).await;
    assert_eq!(said(&page), (200, ""));
    scene.world.clock.advance(Duration::hours(1));
    assert_eq!(said(&scene.press(ANN_HANDLE).await), (200, ""));
}

#[tokio::test]
async fn of_seventy_starts_at_once_sixty_are_let_in() {
    let world = World::new().await;
    let link = world.link(&world.client("A").await, &["bluesky"]).await;
    AtProtocol::install(&world);
    let (path, form) = (format!("{link}/bluesky"), format!("handle={ANN_HANDLE}"));
    let pages = join_all((0..70).map(|_| async {
        let page = Browser::default().press(&world, &path, &form).await;
        page.status.as_u16()
    }))
    .await;
    let count = |status| pages.iter().filter(|it| **it == status).count();
    assert_eq!((count(200), count(429)), (60, 10));
}

#[tokio::test]
async fn a_start_that_meets_a_revocation_calls_nobody() {
    let scene = Scene::new().await;
    let id = invite(&scene.link);
    let (world, now) = (&scene.world, scene.world.now());
    assert_eq!(world.store.count_start(id, now).await.unwrap(), Start::Counted);
    let end = now + Duration::hours(48);
    assert_eq!(world.store.count_start(id, end - Duration::seconds(1)).await.unwrap(), Start::Counted);
    assert_eq!(world.store.count_start(id, end).await.unwrap(), Start::Closed);
    world.store.revoke_invite(id).await.unwrap();
    assert_eq!(world.store.count_start(id, now).await.unwrap(), Start::Closed);
    let page = Browser::default().press(world, &format!("{}/bluesky", scene.link), "handle=ann.test").await;
    assert_eq!(headed(&page), (410, "This link was withdrawn"));
    assert!(world.network.seen().is_empty());
    assert_eq!(called(world, TOKEN), 0);
}
