//! The deployment as an OAuth client: confidential, with keys in its metadata document; on loopback, the public client for
//! development.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use chrono::Duration;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use shared::{net::Request, secrets::ClientKeys, testing::Ask};

use super::Setup;
use crate::{
    connect::{Deployed, is, publish, said, stored, tenant, vault},
    world::{
        PAGE_COOKIE, SECRET, URL,
        atproto::{ANN_HANDLE, CLIENT, PAR, SCOPE, TOKEN},
        way_out,
    },
};

type Form = BTreeMap<String, String>;

/// The button of Bluesky on a page, pressed.
fn pressed(ask: Ask) -> Ask {
    ask.header("sec-fetch-site", "same-origin").header("cookie", PAGE_COOKIE).body(format!("handle={ANN_HANDLE}"))
}

#[tokio::test]
async fn the_metadata_document_describes_this_deployment() {
    let setup = Setup::new().await;
    let answer = setup.world.ask(Ask::get("/oauth/client-metadata.json")).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("application/json")));
    let mut document = answer.json();
    let keys = document.as_object_mut().unwrap().remove("jwks").unwrap();
    let scope = format!("{SCOPE} transition:generic");
    let expected = json!({
        "client_id": CLIENT,
        "client_name": "api.test",
        "client_uri": URL,
        "application_type": "web",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "redirect_uris": [format!("{URL}/connect/bluesky/callback")],
        "scope": scope,
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "dpop_bound_access_tokens": true,
    });
    assert_eq!(document, expected);
    let key = &keys["keys"][0];
    let fixed = ["kty", "crv", "kid", "use", "alg"].map(|name| key[name].as_str().unwrap());
    assert_eq!(fixed, ["EC", "P-256", "1", "sig", "ES256"]);
    let names: Vec<&String> = key.as_object().unwrap().keys().collect();
    assert_eq!(names, ["crv", "kty", "x", "y", "kid", "use", "alg"], "the key has no private part");
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_deployment_without_an_https_url_has_no_metadata_document() {
    let deps = client_metadata::Deps {
        client_keys: ClientKeys::parse(SECRET).unwrap(),
        public_url: Some("http://127.0.0.1:9000".parse().unwrap()),
    };
    let request = Ask::get("/oauth/client-metadata.json").build();
    let answer = shared::lambda::respond(&deps, client_metadata::handle, request).await;
    assert_eq!(answer.status(), 404);
}

/// Changes a part of a form's client assertion: its header (`at` 0) or its claims (1).
fn change_claims(form: &mut Form, at: usize, change: impl FnOnce(&mut Value)) {
    let mut parts: Vec<String> = form["client_assertion"].split('.').map(ToOwned::to_owned).collect();
    let mut part: Value = serde_json::from_slice(&BASE64URL_NOPAD.decode(parts[at].as_bytes()).unwrap()).unwrap();
    change(&mut part);
    parts[at] = BASE64URL_NOPAD.encode(part.to_string().as_bytes());
    form.insert("client_assertion".into(), parts.join("."));
}

fn claim(name: &'static str, value: Value) -> impl Fn(&mut Form) {
    move |form| change_claims(form, 1, |claims| claims[name] = value.clone())
}

fn later(name: &'static str, seconds: i64) -> impl Fn(&mut Form) {
    move |form| change_claims(form, 1, |claims| claims[name] = (claims[name].as_i64().unwrap() + seconds).into())
}

/// Each row changes the form on its way and names the rule by which the server refuses it. This shows that the test server
/// enforces each rule.
#[tokio::test]
async fn the_server_refuses_a_changed_client_assertion() {
    type Row = (&'static str, Box<dyn Fn(&mut Form) + Send + Sync>);
    fn row(rule: &'static str, change: impl Fn(&mut Form) + Send + Sync + 'static) -> Row {
        (rule, Box::new(change))
    }
    let rows = [
        row("assertion", |form| drop(form.remove("client_assertion"))),
        row("type", |form| drop(form.insert("client_assertion_type".into(), "jwt-bearer".into()))),
        row("type", |form| drop(form.remove("client_assertion_type"))),
        row("alg", |form| change_claims(form, 0, |header| header["alg"] = "none".into())),
        row("kid", |form| change_claims(form, 0, |header| header["kid"] = "2".into())),
        row("kid", |form| change_claims(form, 0, |header| header["kid"] = Value::Null)),
        row("iss", |form| claim("iss", json!("https://evil.test/client.json"))(form)),
        row("sub", |form| claim("sub", json!("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"))(form)),
        row("aud", |form| claim("aud", json!(TOKEN))(form)),
        row("aud", |form| claim("aud", json!("https://other.test"))(form)),
        row("iat", |form| later("iat", -61)(form)),
        row("iat", |form| later("iat", 1)(form)),
        row("exp", |form| later("exp", -60)(form)),
        row("exp", |form| later("exp", 1)(form)),
        row("exp", |form| claim("exp", Value::Null)(form)),
        row("jti", |form| claim("jti", Value::Null)(form)),
        row("signature", |form| claim("jti", json!("another id, long enough"))(form)),
        row("document", |form| drop(form.insert("client_id".into(), "https://evil.test/client.json".into()))),
        row("a public client has no key", |form| drop(form.insert("client_id".into(), "http://localhost?a=b".into()))),
    ];
    for (at, (rule, change)) in rows.into_iter().enumerate() {
        let mut setup = Setup::new().await;
        let (network, refused) = (setup.network.clone(), Arc::new(Mutex::new(Vec::new())));
        let seen = Arc::clone(&refused);
        setup.network.script(move |request| {
            let answer = network.answer(&changed(request, PAR, &change)?)?;
            seen.lock().unwrap().push(serde_json::from_slice::<Value>(answer.body()).unwrap());
            Some(Ok(answer))
        });
        let page = setup.press(ANN_HANDLE).await;
        assert_eq!(said(&page), (502, "exchange_refused"), "row {at}, {rule}");
        let expected = json!({ "error": "invalid_client", "error_description": rule });
        assert_eq!(*refused.lock().unwrap(), [expected], "row {at}");
        assert!(setup.network.pushed().is_empty() && setup.browser.cookies.is_empty());
    }
}

/// The request with its form changed, if it goes to this address.
fn changed(request: &Request, to: &str, change: &dyn Fn(&mut Form)) -> Option<Request> {
    is(request, to).then(|| {
        let mut form: Form = url::form_urlencoded::parse(request.body()).into_owned().collect();
        change(&mut form);
        let mut request = request.clone();
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        *request.body_mut() = Bytes::from(body);
        request
    })
}

#[tokio::test]
async fn an_assertion_is_accepted_once_and_for_a_minute() {
    let mut setup = Setup::new().await;
    let (network, answers) = (setup.network.clone(), Arc::new(Mutex::new(Vec::new())));
    let seen = Arc::clone(&answers);
    setup.network.script(move |request| {
        let answer = is(request, PAR).then(|| network.answer(request)).flatten()?;
        let again: Value = serde_json::from_slice(network.answer(request)?.body()).unwrap();
        seen.lock().unwrap().push(again["error_description"].clone());
        Some(Ok(answer))
    });
    assert_eq!(said(&setup.press(ANN_HANDLE).await), (200, ""));
    assert_eq!(
        *answers.lock().unwrap(),
        ["jti", "jti"],
        "an assertion is used up even if the DPoP proof lacked the nonce"
    );

    let mut setup = Setup::new().await;
    let (network, clock) = (setup.network.clone(), setup.world.clock.clone());
    setup.network.script(move |request| {
        is(request, PAR).then(|| clock.advance(Duration::seconds(61)));
        network.answer(request).map(Ok)
    });
    assert_eq!(said(&setup.press(ANN_HANDLE).await), (502, "exchange_refused"));
}

#[tokio::test]
async fn a_key_that_is_not_in_the_document_is_refused() {
    for other in [SECRET.replace("a secret", "another!"), SECRET.replace("\"1\"", "\"2\"")] {
        let setup = Setup::new().await;
        let keys = ClientKeys::parse(&other).unwrap();
        let deployed = Deployed::new(&setup.world, SECRET, |sites| sites.at.as_mut().unwrap().keys = Some(keys));
        let ask = Ask::new(http::Method::POST, &format!("{}/bluesky", setup.link));
        let ask = ask.header("content-type", "application/x-www-form-urlencoded");
        let page = deployed.ask(pressed(ask)).await;
        assert_eq!(said(&page), (502, "exchange_refused"), "{other}");
        assert!(setup.network.pushed().is_empty());
    }
}

/// A session uses one key from the pushed request to the last refresh. A server ends a session that shows another key.
#[tokio::test]
async fn every_call_of_a_session_uses_the_same_client_key() {
    let mut setup = Setup::new().await;
    let (network, kids) = (setup.network.clone(), Arc::new(Mutex::new(Vec::new())));
    let seen = Arc::clone(&kids);
    setup.network.script(move |request| {
        for (name, value) in url::form_urlencoded::parse(request.body()) {
            if name == "client_assertion" {
                let header = BASE64URL_NOPAD.decode(value.split('.').next().unwrap().as_bytes()).unwrap();
                let header: Value = serde_json::from_slice(&header).unwrap();
                seen.lock().unwrap().push((request.uri().path().to_owned(), header["kid"].clone()));
            }
        }
        network.answer(request).map(Ok)
    });
    let account = setup.connect().await;
    setup.world.clock.advance(Duration::hours(2));
    assert_eq!(publish(&setup.world, &setup.client, &account, "Refreshed").await["status"], "published");
    let ask = Ask::new(http::Method::DELETE, &format!("/v1/accounts/{account}"));
    assert_eq!(setup.world.ask(ask.key(&setup.world.key)).await.data()["revokedAtPlatform"], true);
    let twice = |path: &str| [path, path].map(|path| (path.to_owned(), json!("1")));
    let expected = ["/oauth/par", "/oauth/token", "/oauth/token", "/oauth/revoke"].map(twice).concat();
    assert_eq!(*kids.lock().unwrap(), expected, "each call is made once to learn the nonce and once with it");
}

/// A server that cannot fetch the metadata document at the moment refuses the client, not the grant.
#[tokio::test]
async fn a_refused_client_does_not_end_the_grant() {
    let mut setup = Setup::new().await;
    let account = setup.connect().await;
    setup.world.clock.advance(Duration::hours(2));
    let other = client_metadata::Deps { client_keys: ClientKeys::parse(SECRET).unwrap(), public_url: None };
    setup.network.publish(&other);
    let target = publish(&setup.world, &setup.client, &account, "Hello").await;
    assert_eq!((&target["status"], &target["error"]["code"]), (&json!("scheduled"), &json!("not_refreshed")));
    assert_eq!(setup.world.accounts(&setup.client).await[0]["status"], "connected");
    setup.network.publish(&setup.world.functions.client_metadata);
    setup.world.pass(Duration::minutes(3)).await;
    assert_eq!(setup.network.records().len(), 1);
}

#[tokio::test]
async fn without_a_public_url_the_development_client_is_used() {
    let setup = Setup::new().await;
    let deployed = Deployed::new(&setup.world, SECRET, |sites| sites.at.as_mut().unwrap().keys = None);
    let ask = Ask::new(http::Method::POST, &format!("{}/bluesky", setup.link));
    let ask = ask.header("content-type", "application/x-www-form-urlencoded");
    let page = deployed.ask(pressed(ask)).await;
    assert_eq!(said(&page), (200, ""), "{}", page.text);
    let cookie = page.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let url = way_out(&page);
    let client = url.query_pairs().find(|(name, _)| name == "client_id").unwrap().1.into_owned();
    let described: Form = client.parse::<url::Url>().unwrap().query_pairs().into_owned().collect();
    assert!(client.starts_with("http://localhost?"), "{client}");
    assert_eq!(described["redirect_uri"], format!("{URL}/connect/bluesky/callback"));
    let callback = setup.network.approve(&url);
    assert_eq!(deployed.ask(Ask::get(&callback).header("cookie", &cookie)).await.status, 303);

    // The grant stays with the client that made it, also if the deployment gets a public URL later.
    let account = stored(&setup.world, &setup.client).await.remove(0);
    let grant = vault(&setup.world).find(tenant(&setup.world), &account).await.unwrap().unwrap();
    assert_eq!((grant.tokens.app, grant.tokens.bound.unwrap().client_key), (client, None));
    setup.world.clock.advance(Duration::hours(2));
    let id = setup.world.accounts(&setup.client).await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(publish(&setup.world, &setup.client, &id, "Refreshed").await["status"], "published");
}
