//! The way back: who answers, for whom, and whether the account's own papers still agree.

use serde_json::{Value, json};
use shared::{net::Failure, oauth, testing::Ask};

use super::Scene;
use crate::{
    connect::{Deployed, called, count, is, reply, said, stored, tables, tenant, vault, with},
    world::{
        Browser, SECRET,
        atproto::{ANN, ANN_HANDLE, BOB, BOB_HANDLE, CLIENT, ISSUER, METADATA, RESOLVE, RESOURCE, TOKEN},
        way_out,
    },
};

#[tokio::test]
async fn a_customer_connects_bluesky_and_the_grant_is_bound_to_key_server_and_account() {
    let mut scene = Scene::new().await;
    let callback = scene.authorize().await;
    let page = scene.follow(&callback).await;
    assert_eq!(said(&page), (200, ""), "{}", page.text);
    assert_eq!(called(&scene.world, TOKEN), 2, "once to learn the nonce, once with it: the code is spent once");

    let account = stored(&scene.world, &scene.client).await.remove(0);
    assert_eq!((account.user_id.as_str(), account.handle.as_str()), (ANN, ANN_HANDLE));
    let grant = vault(&scene.world).find(tenant(&scene.world), account.grant).await.unwrap().unwrap();
    let bound = grant.tokens.bound.unwrap();
    assert_eq!((bound.issuer.as_str(), bound.host.as_str()), (ISSUER, "https://pds.test/"));
    assert_eq!(grant.tokens.app, CLIENT, "it is refreshed as the client that made it");
    assert_eq!(bound.client_key, Some(1), "and with the same key");
}

#[tokio::test]
async fn an_answer_that_does_not_come_from_the_issuer_is_not_exchanged_and_not_spent() {
    let mut scene = Scene::new().await;
    let callback = scene.authorize().await;
    let before = tables(&scene.world).await;
    for iss in [None, Some(""), Some("https://evil.test"), Some("https://auth.test/"), Some("https://AUTH.test")] {
        let page = scene.follow(&with(&callback, "iss", iss)).await;
        assert_eq!(said(&page), (400, "wrong_issuer"), "{iss:?}");
        assert!(page.text.contains("Connect Bluesky</button>"), "{}", page.text);
    }
    assert!(scene.world.network.seen().is_empty(), "the code goes nowhere");
    assert_eq!(tables(&scene.world).await, before);
    assert_eq!(said(&scene.follow(&callback).await), (200, ""), "and the honest answer still counts");
}

/// A callback whose token answer has these members instead: what the page says.
async fn granted(change: Value) -> (u16, String) {
    let mut scene = Scene::new().await;
    let callback = scene.authorize().await;
    scene.network.bend(TOKEN, move |answer| {
        for (name, value) in change.as_object().unwrap() {
            match value {
                Value::Null => drop(answer.as_object_mut().unwrap().remove(name)),
                value => answer[name] = value.clone(),
            }
        }
    });
    refused(&mut scene, &callback).await
}

/// Follows a callback that must not connect anything.
async fn refused(scene: &mut Scene, callback: &str) -> (u16, String) {
    let before = tables(&scene.world).await;
    let page = scene.follow(callback).await;
    assert!(!page.text.contains("✓") && !page.text.contains("EVIL"), "{}", page.text);
    assert_eq!(tables(&scene.world).await, before, "nothing is stored");
    assert_eq!(scene.accounts().await, 0);
    let (status, code) = said(&page);
    (status, code.to_owned())
}

#[tokio::test]
async fn a_grant_for_another_account_than_was_begun_with_is_not_kept() {
    let expected = (400, "wrong_issuer".to_owned());
    for sub in [json!(BOB), json!(ANN_HANDLE), json!(""), json!(format!("{ANN} ")), Value::Null] {
        assert_eq!(granted(json!({ "sub": sub })).await, expected, "{sub}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_bound_to_our_key_is_not_kept() {
    for kind in ["Bearer", "bearer", ""] {
        assert_eq!(granted(json!({ "token_type": kind })).await, (400, "wrong_issuer".into()), "{kind}");
    }
}

#[tokio::test]
async fn a_grant_without_a_needed_scope_is_not_kept() {
    for scope in ["atproto", "", "repo:app.bsky.feed.post?action=create&action=update", "atproto transition:generic"] {
        assert_eq!(granted(json!({ "scope": scope })).await, (403, "scopes_missing".into()), "{scope:?}");
    }
    // The AT Protocol lets no server leave it out.
    assert_eq!(granted(json!({ "scope": null })).await, (403, "scopes_missing".into()));
}

#[tokio::test]
async fn an_account_whose_papers_changed_meanwhile_is_not_connected() {
    let document = format!("https://plc.test/{ANN}");
    let (wrong, unfound) = ((400, "wrong_issuer".to_owned()), (422, "account_not_found".to_owned()));
    for (address, change, expected) in [
        // The DID names another server's PDS by now; or its PDS another issuer.
        (RESOURCE, json!({ "authorization_servers": ["https://new.test"] }), &wrong),
        (document.as_str(), json!({ "id": BOB }), &unfound),
        (document.as_str(), json!({ "alsoKnownAs": [format!("at://{BOB_HANDLE}")] }), &unfound),
        (document.as_str(), json!({ "service": [] }), &unfound),
        (RESOLVE, json!({ "did": BOB }), &unfound),
        (METADATA, json!({ "issuer": "https://evil.test" }), &unfound),
        (METADATA, json!({ "token_endpoint": "https://evil.test/token" }), &unfound),
    ] {
        let mut scene = Scene::new().await;
        let callback = scene.authorize().await;
        let bend = change.clone();
        scene.network.bend(address, move |answer| {
            for (name, value) in bend.as_object().unwrap() {
                answer[name] = value.clone();
            }
        });
        assert_eq!(refused(&mut scene, &callback).await, *expected, "{address} {change}");
        assert!(!scene.world.network.seen().iter().any(|call| call.contains("evil.test")), "no code goes there");
    }
}

#[tokio::test]
async fn a_server_that_fails_at_the_exchange_is_asked_once() {
    let nonce = || {
        let mut answer = reply(400, &json!({ "error": "use_dpop_nonce" }));
        answer.headers_mut().insert("dpop-nonce", "another".parse().unwrap());
        answer
    };
    for (answer, code, calls) in [
        (Ok(reply(400, &json!({ "error": "invalid_grant", "error_description": "EVIL" }))), "exchange_refused", 1),
        (Ok(reply(500, &json!({ "error": "EVIL" }))), "platform_down", 1),
        (Err(Failure::OutcomeUnknown("EVIL".into())), "platform_down", 1),
        (Err(Failure::NotSent("EVIL".into())), "platform_down", 1),
        (Ok(nonce()), "exchange_refused", 2),
    ] {
        let mut scene = Scene::new().await;
        let callback = scene.authorize().await;
        let says = answer.clone();
        scene.network.script(move |request| is(request, TOKEN).then(|| says.clone()));
        assert_eq!(refused(&mut scene, &callback).await, (502, code.to_owned()), "{answer:?}");
        assert_eq!(called(&scene.world, TOKEN), calls, "{answer:?}");
        assert_eq!(said(&scene.follow(&callback).await), (400, "state_used"));
        assert_eq!(called(&scene.world, TOKEN), 0, "a code is tried once");
    }
}

#[tokio::test]
async fn servers_that_take_too_long_at_the_exchange_connect_nothing() {
    let mut scene = Scene::new().await;
    let callback = scene.authorize().await;
    scene.world.hurry(std::time::Duration::ZERO);
    assert_eq!(refused(&mut scene, &callback).await, (502, "platform_down".into()));
    assert!(scene.world.network.seen().is_empty());
    scene.world.hurry(oauth::PATIENCE);
    assert_eq!(said(&scene.follow(&callback).await), (400, "state_used"));
    scene.connect().await;
}

#[tokio::test]
async fn a_callback_is_good_once_and_only_in_its_own_browser() {
    let mut scene = Scene::new().await;
    let callback = scene.authorize().await;
    assert_eq!(said(&Browser::default().get(&scene.world, &callback).await), (403, "other_browser"));
    assert!(scene.world.network.seen().is_empty());
    let copy = scene.browser.clone();
    assert_eq!(said(&scene.follow(&callback).await), (200, ""));
    assert_eq!(said(&copy.clone().get(&scene.world, &callback).await), (400, "state_used"));
    assert_eq!((scene.accounts().await, count(&scene.world, "GRANT").await), (1, 1));
}

#[tokio::test]
async fn a_deployment_that_no_longer_offers_bluesky_spends_no_code() {
    let mut scene = Scene::new().await;
    let callback = scene.authorize().await;
    let without = Deployed::new(&scene.world, SECRET, |sites| sites.at = None);
    let (name, value) = scene.browser.cookies.iter().next().unwrap();
    let page = without.ask(Ask::get(&callback).header("cookie", &format!("{name}={value}"))).await;
    assert_eq!(said(&page), (503, "platform_not_offered"));
    assert!(scene.world.network.seen().is_empty());
    assert_eq!(said(&scene.follow(&callback).await), (200, ""), "nothing is spent");
}

#[tokio::test]
async fn a_link_that_connected_ann_connects_nobody_else() {
    let mut scene = Scene::new().await;
    let page = scene.press(BOB_HANDLE).await;
    let of_bob = scene.network.approve(&way_out(&page));
    scene.connect().await;
    let page = scene.follow(&of_bob).await;
    assert_eq!(said(&page), (409, "other_identity"));
    assert!(page.text.contains(ANN_HANDLE) && !page.text.contains(BOB_HANDLE), "{}", page.text);
    assert_eq!((scene.accounts().await, count(&scene.world, "GRANT").await), (1, 1));
}
