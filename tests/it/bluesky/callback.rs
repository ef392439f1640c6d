//! The OAuth callback: the issuer is checked, the account is the one that was started with, and its DID document, PDS and
//! issuer still agree.

use serde_json::{Value, json};
use shared::{net::SendError, oauth, testing::Ask};

use super::Setup;
use crate::{
    connect::{Deployed, called, count, is, reply, said, stored, tables, tenant, vault, with},
    world::{
        Browser, SECRET,
        atproto::{ANN, ANN_HANDLE, BOB, BOB_HANDLE, CLIENT, ISSUER, METADATA, RESOLVE, RESOURCE, TOKEN},
        way_out,
    },
};

#[tokio::test]
async fn a_connected_grant_is_bound_to_its_key_server_and_account() {
    let mut setup = Setup::new().await;
    let callback = setup.authorize().await;
    let page = setup.follow(&callback).await;
    assert_eq!(said(&page), (200, ""), "{}", page.text);
    assert_eq!(called(&setup.world, TOKEN), 2, "one call learns the nonce, one exchanges the code");

    let account = stored(&setup.world, &setup.client).await.remove(0);
    assert_eq!((account.user_id.as_str(), account.handle.as_str()), (ANN, ANN_HANDLE));
    let grant = vault(&setup.world).find(tenant(&setup.world), &account).await.unwrap().unwrap();
    let bound = grant.tokens.bound.unwrap();
    assert_eq!((bound.issuer.as_str(), bound.host.as_str()), (ISSUER, "https://pds.test/"));
    assert_eq!(grant.tokens.app, CLIENT, "the grant records its OAuth client");
    assert_eq!(bound.client_key, Some(1), "the grant records its client key");
}

#[tokio::test]
async fn a_callback_with_a_wrong_issuer_exchanges_nothing_and_spends_no_attempt() {
    let mut setup = Setup::new().await;
    let callback = setup.authorize().await;
    let before = tables(&setup.world).await;
    for iss in [None, Some(""), Some("https://evil.test"), Some("https://auth.test/"), Some("https://AUTH.test")] {
        let page = setup.follow(&with(&callback, "iss", iss)).await;
        assert_eq!(said(&page), (400, "wrong_issuer"), "{iss:?}");
        assert!(page.text.contains("Connect Bluesky</button>"), "{}", page.text);
    }
    assert!(setup.world.network.seen().is_empty(), "the code is not sent");
    assert_eq!(tables(&setup.world).await, before);
    assert_eq!(said(&setup.follow(&callback).await), (200, ""), "the genuine callback still connects");
}

/// Follows a callback whose token answer has these members changed; returns the page's status and code.
async fn granted(change: Value) -> (u16, String) {
    let mut setup = Setup::new().await;
    let callback = setup.authorize().await;
    setup.network.change_answer(TOKEN, move |answer| {
        for (name, value) in change.as_object().unwrap() {
            match value {
                Value::Null => drop(answer.as_object_mut().unwrap().remove(name)),
                value => answer[name] = value.clone(),
            }
        }
    });
    refused(&mut setup, &callback).await
}

/// Follows a callback that must not connect anything; returns the page's status and code.
async fn refused(setup: &mut Setup, callback: &str) -> (u16, String) {
    let before = tables(&setup.world).await;
    let page = setup.follow(callback).await;
    assert!(!page.text.contains("✓") && !page.text.contains("EVIL"), "{}", page.text);
    assert_eq!(tables(&setup.world).await, before, "nothing is stored");
    assert_eq!(setup.accounts().await, 0);
    let (status, code) = said(&page);
    (status, code.to_owned())
}

#[tokio::test]
async fn a_grant_for_another_account_than_the_started_one_is_not_stored() {
    let expected = (400, "wrong_issuer".to_owned());
    for sub in [json!(BOB), json!(ANN_HANDLE), json!(""), json!(format!("{ANN} ")), Value::Null] {
        assert_eq!(granted(json!({ "sub": sub })).await, expected, "{sub}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_dpop_bound_is_not_stored() {
    for kind in ["Bearer", "bearer", ""] {
        assert_eq!(granted(json!({ "token_type": kind })).await, (400, "wrong_issuer".into()), "{kind}");
    }
}

#[tokio::test]
async fn a_grant_without_a_required_scope_is_not_stored() {
    for scope in ["atproto", "", "repo:app.bsky.feed.post?action=create&action=update", "atproto transition:email"] {
        assert_eq!(granted(json!({ "scope": scope })).await, (403, "scopes_missing".into()), "{scope:?}");
    }
    // The AT Protocol requires servers to return the scope.
    assert_eq!(granted(json!({ "scope": null })).await, (403, "scopes_missing".into()));
}

#[tokio::test]
async fn an_account_whose_identity_documents_changed_during_the_flow_is_not_connected() {
    let document = format!("https://plc.test/{ANN}");
    let (wrong, unfound) = ((400, "wrong_issuer".to_owned()), (422, "account_not_found".to_owned()));
    for (address, change, expected) in [
        // The DID now names another PDS, or its PDS another issuer.
        (RESOURCE, json!({ "authorization_servers": ["https://new.test"] }), &wrong),
        (document.as_str(), json!({ "id": BOB }), &unfound),
        (document.as_str(), json!({ "alsoKnownAs": [format!("at://{BOB_HANDLE}")] }), &unfound),
        (document.as_str(), json!({ "service": [] }), &unfound),
        (RESOLVE, json!({ "did": BOB }), &unfound),
        (METADATA, json!({ "issuer": "https://evil.test" }), &unfound),
        (METADATA, json!({ "token_endpoint": "https://evil.test/token" }), &unfound),
    ] {
        let mut setup = Setup::new().await;
        let callback = setup.authorize().await;
        let change_answer = change.clone();
        setup.network.change_answer(address, move |answer| {
            for (name, value) in change_answer.as_object().unwrap() {
                answer[name] = value.clone();
            }
        });
        assert_eq!(refused(&mut setup, &callback).await, *expected, "{address} {change}");
        assert!(
            !setup.world.network.seen().iter().any(|call| call.contains("evil.test")),
            "the other server receives no code"
        );
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
        (Err(SendError::OutcomeUnknown("EVIL".into())), "platform_down", 1),
        (Err(SendError::NotSent("EVIL".into())), "platform_down", 1),
        (Ok(nonce()), "exchange_refused", 2),
    ] {
        let mut setup = Setup::new().await;
        let callback = setup.authorize().await;
        let says = answer.clone();
        setup.network.script(move |request| is(request, TOKEN).then(|| says.clone()));
        assert_eq!(refused(&mut setup, &callback).await, (502, code.to_owned()), "{answer:?}");
        assert_eq!(called(&setup.world, TOKEN), calls, "{answer:?}");
        assert_eq!(said(&setup.follow(&callback).await), (400, "state_used"));
        assert_eq!(called(&setup.world, TOKEN), 0, "a code is exchanged at most once");
    }
}

#[tokio::test]
async fn an_exchange_that_times_out_connects_nothing() {
    let mut setup = Setup::new().await;
    let callback = setup.authorize().await;
    setup.world.hurry(std::time::Duration::ZERO);
    assert_eq!(refused(&mut setup, &callback).await, (502, "platform_down".into()));
    assert!(setup.world.network.seen().is_empty());
    setup.world.hurry(oauth::PATIENCE);
    assert_eq!(said(&setup.follow(&callback).await), (400, "state_used"));
    setup.connect().await;
}

#[tokio::test]
async fn a_callback_is_accepted_once_and_only_in_its_own_browser() {
    let mut setup = Setup::new().await;
    let callback = setup.authorize().await;
    assert_eq!(said(&Browser::default().get(&setup.world, &callback).await), (403, "other_browser"));
    assert!(setup.world.network.seen().is_empty());
    let copy = setup.browser.clone();
    assert_eq!(said(&setup.follow(&callback).await), (200, ""));
    assert_eq!(said(&copy.clone().get(&setup.world, &callback).await), (400, "state_used"));
    assert_eq!((setup.accounts().await, count(&setup.world, "GRANT").await), (1, 1));
}

#[tokio::test]
async fn a_deployment_that_no_longer_offers_bluesky_spends_no_code() {
    let mut setup = Setup::new().await;
    let callback = setup.authorize().await;
    let without = Deployed::new(&setup.world, SECRET, |sites| sites.at = None);
    let (name, value) = setup.browser.cookies.iter().next().unwrap();
    let page = without.ask(Ask::get(&callback).header("cookie", &format!("{name}={value}"))).await;
    assert_eq!(said(&page), (503, "platform_not_offered"));
    assert!(setup.world.network.seen().is_empty());
    assert_eq!(said(&setup.follow(&callback).await), (200, ""), "the attempt is not spent");
}

#[tokio::test]
async fn a_link_that_connected_one_account_refuses_another() {
    let mut setup = Setup::new().await;
    let page = setup.press(BOB_HANDLE).await;
    let of_bob = setup.network.approve(&way_out(&page));
    setup.connect().await;
    let page = setup.follow(&of_bob).await;
    assert_eq!(said(&page), (409, "other_identity"));
    assert!(page.text.contains(ANN_HANDLE) && !page.text.contains(BOB_HANDLE), "{}", page.text);
    assert_eq!((setup.accounts().await, count(&setup.world, "GRANT").await), (1, 1));
}
