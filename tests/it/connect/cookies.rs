//! A callback without its cookie connects nothing and does not use up the attempt; one more click connects.

use std::collections::BTreeMap;

use super::TOKEN;
use super::{called, said, tables};
use crate::world::{Browser, World};

#[tokio::test]
async fn a_callback_in_another_browser_spends_no_attempt_and_the_right_browser_still_connects() {
    let world = World::new().await;
    let client = world.client("Autoloom Detailing").await;
    let link = world.link(&client, &["x"]).await;
    let (mut right, mut other) = (Browser::default(), Browser::default());
    let callback = right.authorize_x(&world, &link, "demo_shop").await;
    let before = tables(&world).await;
    let _ = (world.engine.calls(), world.network.seen());

    let page = other.get(&world, &callback).await;
    assert_eq!(said(&page), (403, "other_browser"));
    for shown in ["Acme Agency", "Autoloom Detailing", "Connect X</button>", "has not started"] {
        assert!(page.text.contains(shown), "{shown} is not on the page: {}", page.text);
    }
    assert!(!page.text.contains("demo_shop"), "the page does not name the account that consented");
    assert_eq!(world.engine.calls(), BTreeMap::from([("GetItem".into(), 1), ("Query".into(), 2)]), "reads alone");
    assert!(world.network.seen().is_empty(), "the code is not exchanged");
    assert_eq!(tables(&world).await, before);

    let page = right.follow(&world, &callback).await;
    assert_eq!(said(&page), (200, ""), "{}", page.text);
    assert!(page.text.contains("✓"), "{}", page.text);
    assert_eq!(called(&world, TOKEN), 1);
    assert_eq!(world.accounts(&client).await.len(), 1);
}

#[tokio::test]
async fn a_customer_who_lost_the_cookie_connects_with_one_more_click() {
    let world = World::new().await;
    let client = world.client("A").await;
    let link = world.link(&client, &["x"]).await;
    let callback = Browser::default().authorize_x(&world, &link, "demo_shop").await;
    let mut browser = Browser::default();
    let page = browser.get(&world, &callback).await;
    assert_eq!(said(&page), (403, "other_browser"));
    // The button of the failure's page.
    let action = page.text.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let page = browser.connect_x(&world, action.trim_end_matches("/x"), "demo_shop").await;
    assert_eq!(said(&page), (200, ""));
    assert_eq!(world.accounts(&client).await[0]["handle"], "demo_shop");
}

#[tokio::test]
async fn an_attempts_cookie_is_refused_for_another_attempt() {
    let world = World::new().await;
    let client = world.client("A").await;
    let (link, other_link) = (world.link(&client, &["x"]).await, world.link(&client, &["x"]).await);
    let (mut a, mut b, mut c) = (Browser::default(), Browser::default(), Browser::default());
    a.authorize_x(&world, &link, "demo_shop").await;
    let of_b = b.authorize_x(&world, &link, "demo_cafe").await;
    let of_c = c.authorize_x(&world, &other_link, "demo_cafe").await;
    for callback in [&of_b, &of_c] {
        assert_eq!(said(&a.get(&world, callback).await), (403, "other_browser"));
    }

    // Also under the right name: the state holds a digest of the value.
    let name = b.cookies.keys().next().unwrap().clone();
    let value = a.cookies.values().next().unwrap().clone();
    let mut forged = Browser { cookies: BTreeMap::from([(name, value)]) };
    assert_eq!(said(&forged.get(&world, &of_b).await), (403, "other_browser"));
    let mut empty = Browser { cookies: b.cookies.keys().map(|name| (name.clone(), String::new())).collect() };
    assert_eq!(said(&empty.get(&world, &of_b).await), (403, "other_browser"));
    assert!(world.accounts(&client).await.is_empty());

    assert_eq!(said(&b.follow(&world, &of_b).await), (200, ""));
}

#[tokio::test]
async fn two_tabs_of_one_browser_keep_separate_cookies() {
    let world = World::new().await;
    let client = world.client("A").await;
    let link = world.link(&client, &["x"]).await;
    let mut browser = Browser::default();
    let first = browser.authorize_x(&world, &link, "demo_shop").await;
    let second = browser.authorize_x(&world, &link, "demo_shop").await;
    assert_eq!(said(&browser.follow(&world, &first).await), (200, ""));
    assert_eq!(browser.cookies.len(), 1, "only the used attempt's is cleared");
    assert_eq!(said(&browser.follow(&world, &second).await), (200, ""));
    assert!(browser.cookies.is_empty());
    assert_eq!(world.accounts(&client).await.len(), 1);
}
