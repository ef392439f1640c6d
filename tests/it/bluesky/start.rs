//! Starting to connect: the handle, the DID document and the server have to name each other; then a pushed authorization
//! request with a DPoP proof.

use std::collections::BTreeMap;

use chrono::Duration;
use futures_util::future::join_all;
use serde_json::json;
use shared::store::Counted;

use super::Setup;
use crate::{
    connect::{called, headed, invite, is, publish, reply, said, tables},
    world::{
        Browser, URL, World,
        atproto::{
            ANN, ANN_HANDLE, AtProtocol, BOB_HANDLE, CLIENT, ISSUER, METADATA, OLDER_SCOPE, PAR, RESOLVE, RESOURCE,
            SCOPE, TOKEN,
        },
        way_out,
    },
};

#[tokio::test]
async fn the_authorization_url_has_only_a_client_id_and_a_request_uri() {
    for typed in [ANN_HANDLE, " @Ann.Test ", ANN] {
        let mut setup = Setup::new().await;
        let page = setup.press(typed).await;
        let url = way_out(&page);
        let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
        let names: Vec<&str> = query.keys().map(String::as_str).collect();
        assert_eq!(names, ["client_id", "request_uri"], "{url}");
        assert_eq!(url.origin().ascii_serialization(), ISSUER);

        assert_eq!(query["client_id"], CLIENT);
        let redirect_uri = format!("{URL}/connect/bluesky/callback");

        let [pushed] = &setup.network.pushed()[..] else { panic!("{:?}", setup.network.pushed()) };
        assert_eq!((&pushed["redirect_uri"], &pushed["login_hint"]), (&redirect_uri, &ANN_HANDLE.to_owned()));
        assert_eq!((pushed["scope"].as_str(), pushed["code_challenge_method"].as_str()), (SCOPE, "S256"));
        assert!(!page.text.contains(&pushed["state"]), "the state is not in the page");
        assert_eq!(called(&setup.world, PAR), 2, "one call learns the nonce, one uses it");
    }
}

/// A server cannot list scopes with parameters, so only its refusal says that it knows none.
#[tokio::test]
async fn an_older_server_is_asked_for_the_scope_that_it_names() {
    let mut setup = Setup::new().await;
    setup.network.make_older();
    let account = setup.connect().await;
    let asked: Vec<String> = setup.network.pushed().iter().map(|form| form["scope"].clone()).collect();
    assert_eq!(asked, [OLDER_SCOPE]);
    let target = publish(&setup.world, &setup.client, &account, "Hello").await;
    assert_eq!(target["status"], "published", "{target}");

    let mut other = Setup::new().await;
    other.network.make_older();
    other.network.change_answer(METADATA, |metadata| metadata["scopes_supported"] = json!(["atproto"]));
    assert_eq!(said(&other.press(ANN_HANDLE).await), (502, "exchange_refused"));
}

#[tokio::test]
async fn a_server_that_refuses_every_nonce_is_called_only_twice() {
    let mut setup = Setup::new().await;
    let before = tables(&setup.world).await;
    setup.network.script(|request| {
        is(request, PAR).then(|| {
            let mut answer = reply(400, &json!({ "error": "use_dpop_nonce" }));
            answer.headers_mut().insert("dpop-nonce", "another".parse().unwrap());
            Ok(answer)
        })
    });
    let page = setup.press(ANN_HANDLE).await;
    assert_eq!(said(&page), (502, "exchange_refused"));
    assert_eq!(called(&setup.world, PAR), 2);
    assert!(setup.browser.cookies.is_empty(), "no attempt was started");
    // Only the count of starts has changed.
    assert_eq!(tables(&setup.world).await.len(), before.len());
}

#[tokio::test]
async fn a_handle_that_cannot_be_resolved_starts_nothing() {
    for typed in ["", "ann", "nobody.test", "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb", "https://evil.test", "ann.test/../x"] {
        let mut setup = Setup::new().await;
        let page = setup.press(typed).await;
        assert_eq!(said(&page), (422, "account_not_found"), "{typed:?}");
        assert!(setup.browser.cookies.is_empty() && setup.network.pushed().is_empty(), "{typed:?}");
        assert!(page.text.contains("Connect Bluesky</button>"), "{}", page.text);
        assert!(typed.is_empty() || !page.text.contains(&format!("\"{typed}\"")), "the page does not repeat the input");
    }
}

#[tokio::test]
async fn handle_did_document_and_server_have_to_name_each_other() {
    let document = format!("https://plc.test/{ANN}");
    for (typed, address, change_answer) in [
        // The handle resolves to Ann's document, which claims another handle.
        (ANN_HANDLE, document.as_str(), json!({ "alsoKnownAs": [format!("at://{BOB_HANDLE}")] })),
        // A DID that claims a handle that resolves to another DID.
        (ANN, document.as_str(), json!({ "alsoKnownAs": [format!("at://{BOB_HANDLE}")] })),
        (ANN, RESOLVE, json!({ "did": "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb" })),
        (ANN_HANDLE, document.as_str(), json!({ "id": "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb" })),
        (ANN_HANDLE, document.as_str(), json!({ "alsoKnownAs": [] })),
        (ANN_HANDLE, document.as_str(), json!({ "service": [] })),
        (ANN_HANDLE, RESOURCE, json!({ "resource": "https://other.test" })),
        (ANN_HANDLE, RESOURCE, json!({ "authorization_servers": [ISSUER, "https://other.test"] })),
        // Metadata of another issuer, or with endpoints elsewhere.
        (ANN_HANDLE, METADATA, json!({ "issuer": "https://other.test" })),
        (ANN_HANDLE, METADATA, json!({ "token_endpoint": "https://other.test/oauth/token" })),
        (ANN_HANDLE, METADATA, json!({ "pushed_authorization_request_endpoint": "https://other.test/oauth/par" })),
        (ANN_HANDLE, METADATA, json!({ "authorization_endpoint": "https://other.test/oauth/authorize" })),
        (ANN_HANDLE, METADATA, json!({ "authorization_response_iss_parameter_supported": false })),
        (ANN_HANDLE, METADATA, json!({ "require_pushed_authorization_requests": false })),
    ] {
        let mut setup = Setup::new().await;
        let change = change_answer.clone();
        setup.network.change_answer(address, move |answer| {
            for (name, value) in change.as_object().unwrap() {
                answer[name] = value.clone();
            }
        });
        let page = setup.press(typed).await;
        assert_eq!(said(&page), (422, "account_not_found"), "{typed} {address} {change_answer}");
        assert!(
            setup.browser.cookies.is_empty() && setup.network.pushed().is_empty(),
            "{typed} {address} {change_answer}"
        );
        assert!(
            !setup.world.network.seen().iter().any(|call| call.contains("other.test")),
            "{address} {change_answer}"
        );
        setup.network.reset_changes();
        assert_eq!(said(&setup.press(typed).await), (200, ""));
    }
}

/// The customer chooses the servers, so one deadline bounds all calls to them.
#[tokio::test]
async fn servers_that_time_out_at_the_start_start_nothing() {
    let mut setup = Setup::new().await;
    setup.world.hurry(std::time::Duration::ZERO);
    assert_eq!(said(&setup.press(ANN_HANDLE).await), (502, "platform_down"));
    assert!(setup.browser.cookies.is_empty() && setup.world.network.seen().is_empty());
}

#[tokio::test]
async fn a_network_that_is_down_at_the_start_starts_nothing() {
    let document = format!("https://plc.test/{ANN}");
    for address in [RESOLVE, document.as_str(), RESOURCE, METADATA, PAR] {
        let mut setup = Setup::new().await;
        let down = address.to_owned();
        setup.network.script(move |request| is(request, &down).then(|| Ok(reply(503, &json!({ "error": "EVIL" })))));
        let page = setup.press(ANN_HANDLE).await;
        assert_eq!(said(&page), (502, "platform_down"), "{address}");
        assert!(setup.browser.cookies.is_empty() && !page.text.contains("EVIL"), "{address}");
    }
}

#[tokio::test]
async fn a_link_allows_sixty_starts_per_hour() {
    let mut setup = Setup::new().await;
    for n in 0..60 {
        // A start with an unknown handle calls servers too, so it counts.
        let typed = if n % 2 == 0 { ANN_HANDLE } else { "nobody.test" };
        assert_ne!(said(&setup.press(typed).await).0, 429, "start {n}");
    }
    let _ = setup.world.network.seen();
    let page = setup.press(ANN_HANDLE).await;
    assert_eq!(said(&page), (429, "too_many_tries"));
    assert!(setup.world.network.seen().is_empty(), "no server is called");

    // The limit is per link and hour.
    let other = setup.world.link(&setup.client, &["bluesky"]).await;
    let form = format!("handle={ANN_HANDLE}");
    let page = Browser::default().press(&setup.world, &format!("{other}/bluesky"), &form).await;
    assert_eq!(said(&page), (200, ""));
    setup.world.clock.advance(Duration::hours(1));
    assert_eq!(said(&setup.press(ANN_HANDLE).await), (200, ""));
}

#[tokio::test]
async fn of_seventy_concurrent_starts_sixty_are_accepted() {
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
async fn a_start_on_a_link_revoked_during_it_calls_no_server() {
    let setup = Setup::new().await;
    let id = invite(&setup.link);
    let (world, now) = (&setup.world, setup.world.now());
    assert_eq!(world.store.count_try(id, now).await.unwrap(), Counted::Yes);
    let end = now + Duration::hours(48);
    assert_eq!(world.store.count_try(id, end - Duration::seconds(1)).await.unwrap(), Counted::Yes);
    assert_eq!(world.store.count_try(id, end).await.unwrap(), Counted::Closed);
    world.store.revoke_invite(id).await.unwrap();
    assert_eq!(world.store.count_try(id, now).await.unwrap(), Counted::Closed);
    let page = Browser::default().press(world, &format!("{}/bluesky", setup.link), "handle=ann.test").await;
    assert_eq!(headed(&page), (410, "This link was withdrawn"));
    assert!(world.network.seen().is_empty());
    assert_eq!(called(world, TOKEN), 0);
}
