//! The return URL after everything is connected. Its origin has to be on the agency's list, both when the invite is made and
//! when the customer is redirected.

use serde_json::{Value, json};
use shared::{id::AgencyId, store::Limits, tenant::Mode, testing::Ask};

use super::{TOKEN, headed, invite, is, said, wait, with};
use crate::{
    agency::{change, patch},
    world::{
        Browser, URL, World,
        atproto::{ANN_HANDLE, AtProtocol},
        way_out,
    },
};

const BACK: &str = "https://app.example.com/clients/7?tab=accounts&q=%20";

/// Sets the first agency's list of return URLs.
async fn list(world: &World, urls: Value) {
    change(world, &world.key, json!({ "returnUrls": urls })).await;
}

fn mint(world: &World, client: &str, platforms: &[&str], return_url: &Value) -> Ask {
    let body = json!({ "platforms": platforms, "returnUrl": return_url });
    Ask::post(&format!("/v1/clients/{client}/connect-invites"), &body).key(&world.key)
}

/// Mints a link with a return URL: its path and the invite's id.
async fn link(world: &World, client: &str, platforms: &[&str]) -> (String, String) {
    let minted = world.ask(mint(world, client, platforms, &json!(BACK))).await;
    assert_eq!(minted.status, 201, "{}", minted.text);
    let minted = minted.data();
    (minted["url"].as_str().unwrap().replace(URL, ""), minted["inviteId"].as_str().unwrap().to_owned())
}

/// Follows a callback; returns the URL that it redirects to.
async fn redirect_of(world: &World, browser: &mut Browser, callback: &str) -> String {
    let answer = browser.get(world, callback).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer.header("location").unwrap().to_owned()
}

#[tokio::test]
async fn a_customer_with_everything_connected_is_redirected_to_the_agency() {
    let world = World::new().await;
    list(&world, json!(["https://app.example.com"])).await;
    let client = world.client("A").await;
    let (link, id) = link(&world, &client, &["x"]).await;
    let mut browser = Browser::default();
    let callback = browser.authorize_x(&world, &link, "demo_shop").await;
    let there = redirect_of(&world, &mut browser, &callback).await;
    assert_eq!(there, format!("{BACK}&inviteId={id}&status=connected"));
    assert!(!there.contains(link.trim_start_matches("/invite/")), "the link's token is not in the redirect");
    assert!(browser.cookies.is_empty(), "the attempt's cookie is cleared");
    assert_eq!(world.accounts(&client).await.len(), 1);
    // The link still opens its page, which changes nothing and does not redirect.
    assert_eq!(said(&browser.get(&world, &link).await), (200, ""));
}

#[tokio::test]
async fn a_link_without_a_return_url_redirects_to_its_page() {
    let world = World::new().await;
    list(&world, json!([BACK])).await;
    let link = world.link(&world.client("A").await, &["x"]).await;
    let mut browser = Browser::default();
    let callback = browser.authorize_x(&world, &link, "demo_shop").await;
    assert_eq!(redirect_of(&world, &mut browser, &callback).await, format!("{URL}{link}"));
}

#[tokio::test]
async fn a_link_with_a_return_url_is_read_once_more_and_one_without_is_not() {
    let world = World::new().await;
    list(&world, json!([BACK])).await;
    let mut queries = Vec::new();
    for (client, returns) in [("A", false), ("B", true)] {
        let client = world.client(client).await;
        let link = if returns { link(&world, &client, &["x"]).await.0 } else { world.link(&client, &["x"]).await };
        let mut browser = Browser::default();
        let callback = browser.authorize_x(&world, &link, "demo_shop").await;
        let _ = world.engine.calls();
        redirect_of(&world, &mut browser, &callback).await;
        // The sandbox makes no queries; each read of a link makes two.
        queries.push(world.engine.calls()["Query"]);
    }
    assert_eq!(queries, [2, 4]);
}

#[tokio::test]
async fn only_connecting_the_last_requested_platform_redirects_to_the_agency() {
    let world = World::new().await;
    let network = AtProtocol::install(&world);
    list(&world, json!([BACK])).await;
    let client = world.client("A").await;
    let (link, id) = link(&world, &client, &["x", "bluesky"]).await;
    let mut browser = Browser::default();
    let of_x = browser.authorize_x(&world, &link, "demo_shop").await;
    let start = browser.press(&world, &format!("{link}/bluesky"), &format!("handle={ANN_HANDLE}")).await;
    let of_bluesky = network.approve(&way_out(&start));
    assert_eq!(
        redirect_of(&world, &mut browser, &of_x).await,
        format!("{URL}{link}"),
        "Bluesky is still to be connected"
    );
    let back = format!("{BACK}&inviteId={id}&status=connected");
    assert_eq!(redirect_of(&world, &mut browser, &of_bluesky).await, back);

    // For another link of the same client everything is connected already.
    let (again, id) = self::link(&world, &client, &["bluesky", "x"]).await;
    let of_x = browser.authorize_x(&world, &again, "demo_shop").await;
    assert_eq!(redirect_of(&world, &mut browser, &of_x).await, format!("{BACK}&inviteId={id}&status=connected"));
}

#[tokio::test]
async fn a_failed_callback_does_not_redirect() {
    let world = World::new().await;
    list(&world, json!([BACK])).await;
    let (link, _) = link(&world, &world.client("A").await, &["x"]).await;
    let mut browser = Browser::default();
    let callback = browser.authorize_x(&world, &link, "demo_shop").await;
    let declined = with(&with(&callback, "code", None), "error", Some("access_denied"));
    assert_eq!(said(&browser.get(&world, &declined).await), (200, "declined"));
    assert_eq!(said(&Browser::default().get(&world, &callback).await), (403, "other_browser"));
    world.store.revoke_invite(invite(&link)).await.unwrap();
    assert_eq!(headed(&browser.get(&world, &callback).await), (410, "This link was withdrawn"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_origin_that_was_removed_from_the_list_is_not_redirected_to() {
    let world = World::new().await;
    let client = world.client("A").await;
    // Removed before the callback, or while its code is exchanged.
    for during in [false, true] {
        list(&world, json!([BACK])).await;
        let (link, _) = link(&world, &client, &["x"]).await;
        let mut browser = Browser::default();
        let callback = browser.authorize_x(&world, &link, "demo_shop").await;
        let tenant = super::tenant(&world);
        let (gate, url) = (world.gate.clone(), "https://app.example.com:8443/");
        let other = move || shared::agency::AgencyChange {
            return_urls: Some(vec![shared::agency::ReturnUrl::parse(url).unwrap()]),
            ..Default::default()
        };
        if during {
            world.network.hook(move |request| {
                if is(request, TOKEN) {
                    wait(gate.change_agency(tenant, other())).unwrap().unwrap();
                }
                None
            });
        } else {
            gate.change_agency(tenant, other()).await.unwrap().unwrap();
        }
        assert_eq!(redirect_of(&world, &mut browser, &callback).await, format!("{URL}{link}"), "{during}");
        world.network.unhook();
        assert_eq!(world.accounts(&client).await.len(), 1, "the account is connected");
    }
}

#[tokio::test]
async fn an_invite_and_its_replay_show_the_return_url() {
    let world = World::new().await;
    list(&world, json!([BACK])).await;
    let client = world.client("A").await;
    let ask = || mint(&world, &client, &["x"], &json!("HTTPS://APP.example.com/done")).idempotency_key("k");
    let first = world.ask(ask()).await;
    assert_eq!(first.data()["returnUrl"], "https://app.example.com/done");
    assert_eq!(world.link_with(&world.key, &client, &["x"]).await.get("returnUrl"), None);
    // The list has changed since, but the replayed request was accepted before.
    list(&world, Value::Null).await;
    let again = world.ask(ask()).await;
    assert_eq!((again.status, again.data()), (first.status, first.data()));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let other = mint(&world, &client, &["x"], &json!(BACK)).idempotency_key("k");
    assert_eq!(world.ask(other).await.code(), "idempotency_key_reused");
    assert_eq!(world.ask(mint(&world, &client, &["x"], &json!(BACK))).await.status, 422);
}

#[tokio::test]
async fn a_return_url_has_to_be_https_and_of_a_listed_origin() {
    let world = World::new().await;
    list(&world, json!(["https://app.example.com/only/this/path", "https://other.example:8443"])).await;
    let client = world.client("A").await;
    let invites = super::count(&world, "INVITE").await;
    for url in [
        json!("https://evil.example/"),
        json!("https://app.example.com.evil.example/"),
        json!("https://evil.example/?https://app.example.com/"),
        json!("https://app.example.com:8443/"),
        json!("https://other.example/"),
        json!("http://app.example.com/"),
        json!("https://app.example.com@evil.example/"),
        json!("https://evil.example\\@app.example.com/"),
        json!("https://user:pass@app.example.com/"),
        json!("https://app.example.com/#fragment"),
        json!("//app.example.com/"),
        json!("app.example.com"),
        json!("javascript:alert(1)"),
        json!(""),
        json!(5),
        Value::Null,
    ] {
        let refused = world.ask(mint(&world, &client, &["x"], &url)).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (422, "validation_failed"), "{url}");
        assert_eq!(refused.json()["errors"][0]["path"], "returnUrl", "{url}");
    }
    let unlisted = world.ask(mint(&world, &client, &["x"], &json!("https://evil.example/"))).await;
    assert!(unlisted.text.contains("PATCH /v1/agency"), "the answer names the remedy: {}", unlisted.text);
    assert_eq!(super::count(&world, "INVITE").await, invites, "nothing is stored");
    for url in ["https://app.example.com/", "https://APP.example.com:443/else?a=b", "https://other.example:8443/x"] {
        assert_eq!(world.ask(mint(&world, &client, &["x"], &json!(url))).await.status, 201, "{url}");
    }
}

#[tokio::test]
async fn a_faulty_return_url_is_reported_beside_the_platforms() {
    let mut world = World::new().await;
    world.functions.mint_invite.offered.at = None;
    let key = world.agency(world.agency, Mode::Test).await;
    let client = world.ask(Ask::post("/v1/clients", &json!({ "name": "A" })).key(&key)).await.data();
    let path = format!("/v1/clients/{}/connect-invites", client["id"].as_str().unwrap());
    // Each mode has its own list.
    list(&world, json!([BACK])).await;
    let body = json!({ "platforms": ["x", "bluesky"], "returnUrl": BACK });
    let refused = world.ask(Ask::post(&path, &body).key(&key)).await;
    let errors = refused.json()["errors"].clone();
    assert_eq!((&errors[0]["path"], &errors[1]["path"]), (&json!("platforms[1]"), &json!("returnUrl")));
    change(&world, &key, json!({ "returnUrls": [BACK] })).await;
    let body = json!({ "platforms": ["x"], "returnUrl": BACK });
    assert_eq!(world.ask(Ask::post(&path, &body).key(&key)).await.status, 201);
}

#[tokio::test]
async fn another_agencys_list_does_not_count() {
    let world = World::new().await;
    let limits = Limits { reads: 100, writes: 100 };
    let other = world.agency_with(AgencyId::random(), Mode::Live, limits, |_| {}).await;
    assert_eq!(world.ask(patch(&json!({ "returnUrls": [BACK] })).key(&other)).await.status, 200);
    let client = world.client("A").await;
    assert_eq!(world.ask(mint(&world, &client, &["x"], &json!(BACK))).await.status, 422);
}
