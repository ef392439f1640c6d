//! A start is accepted only from our own page, and stores nothing.

use std::collections::BTreeMap;

use http::Method;
use serde_json::json;
use shared::{
    tenant::Mode,
    testing::{Ask, TestResponse},
};

use super::{Deployed, headed, said};
use crate::world::{Browser, PAGE_COOKIE, SANDBOX, SECRET, URL, World, way_out};

/// Presses the button of X with these headers, in a browser that has opened the page.
async fn press(world: &World, link: &str, site: Option<&str>, origin: Option<&str>) -> TestResponse {
    let mut ask = Ask::new(Method::POST, &format!("{link}/x")).header("cookie", PAGE_COOKIE);
    for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
        if let Some(value) = value {
            ask = ask.header(name, value);
        }
    }
    world.ask(ask).await
}

fn started(page: &TestResponse) -> bool {
    page.header("set-cookie").is_some_and(|cookie| !cookie.starts_with(PAGE_COOKIE))
        || page.text.contains("id=\"continue\"")
        || page.text.contains("refresh")
}

#[tokio::test]
async fn only_a_form_of_our_own_site_starts_an_attempt() {
    let world = World::new().await;
    let client = world.client("Autoloom Detailing").await;
    let link = world.link(&client, &["x"]).await;
    for (site, origin) in [
        (Some("cross-site"), None),
        (Some("same-site"), None),
        (Some("none"), None),
        // `Sec-Fetch-Site` takes precedence over `Origin`.
        (Some("cross-site"), Some(URL)),
        (Some("same-site"), Some(URL)),
        (None, Some("https://evil.test")),
        (None, Some("http://api.test")),
        (None, Some("https://api.test:8443")),
        (None, Some("https://api.test.evil.test")),
        (None, Some("null")),
        (None, None),
    ] {
        let page = press(&world, &link, site, origin).await;
        assert_eq!(said(&page), (403, "started_elsewhere"), "{site:?} {origin:?}");
        assert!(!started(&page), "{site:?} {origin:?}: {}", page.text);
        for shown in ["Acme Agency", "Autoloom Detailing", "Connect X</button>"] {
            assert!(page.text.contains(shown), "{shown} is not on the page: {}", page.text);
        }
    }
    for (site, origin) in [(Some("same-origin"), None), (None, Some(URL)), (Some("same-origin"), Some(URL))] {
        let page = press(&world, &link, site, origin).await;
        assert_eq!(said(&page), (200, ""), "{site:?} {origin:?}");
        assert!(started(&page));
    }
    assert!(world.network.seen().is_empty());
}

/// Browsers send a strict cookie only with requests of our own pages, so a form of another site starts nothing even if its headers
/// were mistaken for ours.
#[tokio::test]
async fn only_a_browser_with_the_cookie_of_our_page_starts_an_attempt() {
    let world = World::new().await;
    let link = world.link(&world.client("A").await, &["x"]).await;
    let page = world.ask(Ask::get(&link)).await;
    assert_eq!(page.header("set-cookie"), Some("__Host-obh-page=1; Path=/; Secure; HttpOnly; SameSite=Strict"));
    let own = || Ask::new(Method::POST, &format!("{link}/x")).header("sec-fetch-site", "same-origin");
    for cookie in [None, Some("obh-page=1"), Some("__Host-obh-other=__Host-obh-page")] {
        let ask = cookie.map_or_else(own, |cookie| own().header("cookie", cookie));
        let page = world.ask(ask).await;
        assert_eq!(said(&page), (403, "started_elsewhere"), "{cookie:?}");
        assert!(!started(&page));
        assert!(
            page.header("set-cookie").is_some_and(|cookie| cookie.starts_with(PAGE_COOKIE)),
            "one more click starts"
        );
    }
    assert!(started(&world.ask(own().header("cookie", PAGE_COOKIE)).await));
}

#[tokio::test]
async fn a_start_sets_its_own_cookie_answers_an_interstitial_page_and_stores_nothing() {
    let world = World::new().await;
    let link = world.link(&world.client("A").await, &["x"]).await;
    let _ = world.engine.calls();
    let (mut first, mut second) = (Browser::default(), Browser::default());
    let page = first.press(&world, &format!("{link}/x"), "").await;
    assert_eq!(world.engine.calls(), BTreeMap::from([("GetItem".into(), 1), ("Query".into(), 2)]), "reads alone");

    assert_eq!(
        (page.status.as_u16(), page.header("location")),
        (200, None),
        "the page's form-action policy would block a redirect"
    );
    let cookies: Vec<_> = page.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap()).collect();
    let [cookie] = cookies[..] else { panic!("{cookies:?}") };
    let mut attributes: Vec<&str> = cookie.split("; ").collect();
    let (name, value) = attributes.remove(0).split_once('=').unwrap();
    assert!(name.starts_with("__Host-obh-"), "{cookie}");
    assert_eq!(value.len(), 43, "256 bits");
    attributes.sort_unstable();
    assert_eq!(attributes, ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=Lax", "Secure"]);

    let url = way_out(&page);
    assert!(url.as_str().starts_with(&format!("{SANDBOX}/x.com/i/oauth2/authorize?")), "{url}");
    let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["code_challenge"].len(), 43);
    assert_eq!(query["redirect_uri"], format!("{URL}/connect/x/callback"));
    assert!(!url.as_str().contains(value), "the cookie's value stays in the browser");

    let again: BTreeMap<_, _> =
        way_out(&second.press(&world, &format!("{link}/x"), "").await).query_pairs().into_owned().collect();
    assert_ne!(query["code_challenge"], again["code_challenge"], "each attempt has its own PKCE verifier");
    assert_ne!(first.cookies, second.cookies);
}

#[tokio::test]
async fn a_platform_that_the_link_does_not_request_starts_nothing() {
    let world = World::new().await;
    let link = world.link(&world.client("A").await, &["x"]).await;
    let mut browser = Browser::default();
    let page = browser.press(&world, &format!("{link}/bluesky"), "handle=ann.test").await;
    assert_eq!(said(&page), (404, "platform_not_requested"));
    assert!(!started(&page));
    let page = browser.press(&world, &format!("{link}/myspace"), "").await;
    assert_eq!(headed(&page), (404, "This link is not for that network"));
    assert!(world.network.seen().is_empty() && browser.cookies.is_empty());
}

#[tokio::test]
async fn a_platform_without_a_simulator_is_refused_for_a_test_link() {
    let mut world = World::new().await;
    world.functions.mint_invite.offered.at = None;
    let key = world.agency(world.agency, Mode::Test).await;
    let client = world.ask(Ask::post("/v1/clients", &json!({ "name": "A" })).key(&key)).await.data();
    let path = format!("/v1/clients/{}/connect-invites", client["id"].as_str().unwrap());
    let answer = world.ask(Ask::post(&path, &json!({ "platforms": ["x", "bluesky"] })).key(&key)).await;
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert_eq!(answer.json()["errors"][0]["path"], "platforms[1]", "{}", answer.text);
    assert_eq!(super::count(&world, "INVITE").await, 0);
}

#[tokio::test]
async fn a_platform_whose_credentials_were_removed_starts_and_connects_nothing() {
    let world = World::new().await;
    let link = world.link(&world.client("A").await, &["x"]).await;
    let callback = Browser::default().authorize_x(&world, &link, "demo_shop").await;
    let without = Deployed::new(&world, SECRET, |sites| sites.sandbox_as_fallback = false);
    let _ = world.network.seen();

    let press = Ask::new(Method::POST, &format!("{link}/x")).header("sec-fetch-site", "same-origin");
    let press = press.header("cookie", PAGE_COOKIE);
    let page = without.ask(press).await;
    assert_eq!(said(&page), (503, "platform_not_offered"));
    assert!(!started(&page));
    let page = without.ask(Ask::get(&callback)).await;
    assert_eq!(said(&page), (403, "other_browser"), "the cookie is checked first");
    assert!(world.network.seen().is_empty());
}
