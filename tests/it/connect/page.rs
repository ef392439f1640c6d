//! The link's page: opening it changes nothing, and names are shown safely.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use http::Method;
use platforms::{Abilities, PlatformId};
use serde_json::json;
use shared::{
    account::{Account, AccountStatus},
    id::{AccountId, AgencyId, GrantId, KeyId},
    key::ApiKey,
    oauth::Tokens,
    scope::Scope,
    secret::Secret,
    store::{Connect, Connected, KeyRecord, Limits, NewGate},
    tenant::{Mode, Tenant},
    testing::{Ask, TestResponse},
};

use super::{end_grant, invite, said, stored, tables, vault};
use crate::world::{Browser, URL, World};

/// Checks the headers that every page of a connect link has.
fn is_safe(page: &TestResponse) {
    let policy = page.header("content-security-policy").unwrap_or_default();
    let directives: BTreeMap<&str, &str> = policy.split("; ").filter_map(|it| it.split_once(' ')).collect();
    let style = page.text.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let hash = BASE64.encode(ring::digest::digest(&ring::digest::SHA256, style.as_bytes()).as_ref());
    let style_src = format!("'sha256-{hash}'");
    let expected = [
        ("base-uri", "'none'"),
        ("default-src", "'none'"),
        ("form-action", "'self'"),
        ("frame-ancestors", "'none'"),
        ("img-src", "'self'"),
        ("style-src", style_src.as_str()),
    ];
    assert_eq!(directives, BTreeMap::from(expected), "{policy}");
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("content-type", "text/html; charset=utf-8"),
    ] {
        assert_eq!(page.header(name), Some(value), "{name}");
    }
    let text = page.text.to_lowercase();
    for never in ["<script", "javascript:", " onload", " onerror", " style=", "<iframe", "http-equiv=\"set-cookie"] {
        assert!(!text.contains(never), "{never}: {}", page.text);
    }
}

#[tokio::test]
async fn opening_a_link_changes_nothing() {
    let world = World::new().await;
    let link = world.link(&world.client("A").await, &["x", "bluesky"]).await;
    let (before, first) = (world.engine.items().await.len(), world.ask(Ask::get(&link)).await);
    let tables_before = tables(&world).await;
    let _ = world.engine.calls();
    for _ in 0..3 {
        let page = world.ask(Ask::get(&link)).await;
        assert_eq!((page.status.as_u16(), &page.text), (200, &first.text));
        assert_eq!(page.headers.get_all("set-cookie").iter().count(), 1, "the page's own");
        assert_eq!(world.engine.calls(), BTreeMap::from([("GetItem".into(), 1), ("Query".into(), 2)]), "reads alone");
        world.ask(Ask::new(Method::HEAD, &link)).await;
        assert!(world.engine.calls().keys().all(|call| ["GetItem", "Query"].contains(&call.as_str())));
    }
    assert!(world.network.seen().is_empty());
    assert_eq!((tables(&world).await, world.engine.items().await.len()), (tables_before, before));
}

#[tokio::test]
async fn every_page_has_no_script_and_a_policy_that_forbids_it() {
    let world = World::new().await;
    let link = world.link(&world.client("A").await, &["x", "bluesky"]).await;
    let mut browser = Browser::default();
    let callback = browser.authorize_x(&world, &link, "demo_shop").await;
    is_safe(&browser.get(&world, &link).await);
    is_safe(&browser.press(&world, &format!("{link}/x"), "").await);
    is_safe(&browser.press(&world, &format!("{link}/bluesky"), "handle=nobody.test").await);
    is_safe(&Browser::default().get(&world, &callback).await);
    is_safe(&browser.get(&world, "/invite/inv_forged").await);
    is_safe(&browser.get(&world, "/connect/x/callback?state=x").await);
    is_safe(&browser.follow(&world, &callback).await);
    // The redirect is not cached either.
    let again = browser.authorize_x(&world, &world.link(&world.client("B").await, &["x"]).await, "demo_shop").await;
    let answer = browser.get(&world, &again).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (303, Some("no-store")));
    assert!(answer.header("location").unwrap().starts_with(&format!("{URL}/invite/inv_")));
}

/// A customer who was asked to reconnect one account and connected another sees that the first still needs it.
#[tokio::test]
async fn connecting_another_account_does_not_hide_the_one_to_reconnect() {
    let world = World::new().await;
    let (client, _) = world.connected("demo_shop").await;
    end_grant(&world, &stored(&world, &client).await[0]).await;
    let link = world.link(&client, &["x"]).await;
    let mut browser = Browser::default();
    assert!(browser.get(&world, &link).await.text.contains("Reconnect X"));
    let page = browser.connect_x(&world, &link, "demo_cafe").await.text;
    assert!(page.contains("Connected as") && page.contains("demo_cafe"), "{page}");
    assert!(
        page.contains("demo_shop") && page.contains("has ended") && page.contains("ask for another link"),
        "{page}"
    );
    // The next link can connect either account.
    let next = world.link(&client, &["x"]).await;
    let page = browser.get(&world, &next).await.text;
    assert!(page.contains("choose that account below") && page.contains("Connect another account"), "{page}");
    let page = browser.connect_x(&world, &next, "demo_shop").await.text;
    assert!(!page.contains("has ended"), "{page}");
    assert!(world.accounts(&client).await.iter().all(|account| account["status"] == "connected"));
}

/// Creates an agency with this name: its tenant and its key.
async fn agency(world: &World, name: &str) -> (Tenant, String) {
    let tenant = Tenant { agency: AgencyId::random(), mode: Mode::Live };
    let key = ApiKey::generate(tenant, KeyId::random());
    let record = KeyRecord {
        digest: data_encoding::HEXLOWER.encode(&key.digest),
        scopes: Scope::ALL.to_vec(),
        expires_at: (world.now() + chrono::Duration::days(1)).timestamp(),
        client: None,
        label: "test".into(),
        last_used: None,
        minted: None,
    };
    let limits = Limits { reads: 100, writes: 100 };
    let gate = NewGate { tenant, name: name.into(), limits, keys: vec![(key.id, record)] };
    world.gate.insert(gate, world.now()).await.unwrap();
    (tenant, key.text().expose().to_owned())
}

#[tokio::test]
async fn names_are_shown_as_escaped_and_isolated_text() {
    let bidi: String =
        "\u{200e}\u{200f}\u{61c}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}".into();
    let controls = "\u{0}\u{7}\u{1b}\u{7f}\u{85}";
    let world = World::new().await;
    let (tenant, key) = agency(&world, &format!("<b>Acme</b>{bidi}{controls}&\"'")).await;
    let name = "</title><script>alert(1)</script>Ltd";
    let client = world.ask(Ask::post("/v1/clients", &json!({ "name": name })).key(&key)).await.data();
    let client = client["id"].as_str().unwrap();
    let link = world.link_with(&key, client, &["x"]).await["url"].as_str().unwrap().replace(URL, "");

    // Adapters refuse such a handle; the page does not rely on that.
    let tokens = Tokens {
        access: Secret::new("t"),
        refresh: None,
        expires_at: None,
        grant_ends: None,
        app: "a".into(),
        bound: None,
    };
    let account = Account {
        id: AccountId::random(),
        client: client.parse().unwrap(),
        platform: PlatformId::X,
        user_id: "1".into(),
        app_user_id: None,
        handle: format!("<img src=x onerror=alert(1)>{bidi}{controls}shop"),
        display_name: "N".into(),
        status: AccountStatus::Connected,
        grant: GrantId::random(),
        connected_at: world.now(),
        granted_at: None,
        expires_at: None,
        abilities: Abilities::default(),
    };
    let (account, tokens, invite) = (&account, &tokens, invite(&link));
    let connect = Connect { tenant, invite, account, tokens, replaces: None, now: world.now() };
    assert_eq!(world.store.connect_account(&vault(&world), &connect).await.unwrap(), Connected::Done);
    let page = Browser::default().get(&world, &link).await;
    assert_eq!(said(&page), (200, ""));
    for shown in [
        "<bdi>&lt;b&gt;Acme&lt;/b&gt;&amp;&quot;'</bdi>",
        "<bdi>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;Ltd</bdi>",
        "<title>Connect accounts for &lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;Ltd</title>",
        "<bdi>&lt;img src=x onerror=alert(1)&gt;shop</bdi>",
    ] {
        assert!(page.text.contains(shown), "{shown} is not on the page: {}", page.text);
    }
    let hidden = page.text.chars().find(|&c| bidi.contains(c) || (c.is_control() && c != '\n'));
    assert_eq!(hidden, None);
    assert!(!page.text.contains("<script") && !page.text.contains("<img") && !page.text.contains("<b>"));
}
