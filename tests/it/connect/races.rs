//! Changes between the callback's first read and its transaction, whose conditions decide.

use std::sync::{Arc, Mutex};

use chrono::Duration;
use serde_json::{Value, json};
use shared::{id::InviteId, testing::Ask};

use super::{TOKEN, called, count, headed, invite, is, publish, said, stored, tables, wait, with};
use crate::world::{Browser, URL, World};

const SHORTLY: Duration = Duration::seconds(10);

/// The ways in which a link ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Revoked,
    Expired,
}

impl End {
    fn heading(self) -> (u16, &'static str) {
        match self {
            Self::Revoked => (410, "This link was withdrawn"),
            Self::Expired => (410, "This link has expired"),
        }
    }
}

/// A client with an account connected by one link, and a callback of another link, which expires in ten seconds. An X code
/// is valid for half a minute.
async fn account_and_callback(world: &World, account: &str) -> (String, Value, InviteId, Browser, String) {
    let client = world.client("A").await;
    let page = Browser::default().connect_x(world, &world.link(&client, &["x"]).await, "demo_shop").await;
    assert_eq!(said(&page), (200, ""));
    let connected = world.accounts(&client).await.remove(0);
    let path = format!("/v1/clients/{client}/connect-invites");
    let body = json!({ "platforms": ["x"], "expiresInHours": 1 });
    let minted = world.ask(Ask::post(&path, &body).key(&world.key)).await.data();
    let link = minted["url"].as_str().unwrap().replace(URL, "");
    world.clock.advance(Duration::hours(1) - SHORTLY);
    let mut browser = Browser::default();
    let callback = browser.authorize_x(world, &link, account).await;
    (client, connected, invite(&link), browser, callback)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_ends_while_its_code_is_exchanged_changes_nothing() {
    for (end, account) in [
        (End::Revoked, "demo_shop"),
        (End::Revoked, "demo_cafe"),
        (End::Expired, "demo_shop"),
        (End::Expired, "demo_cafe"),
    ] {
        let world = World::new().await;
        let (client, connected, invite, mut browser, callback) = account_and_callback(&world, account).await;
        let before = stored(&world, &client).await;
        let (store, clock) = (world.store.clone(), world.clock.clone());
        world.network.hook(move |request| {
            if is(request, TOKEN) {
                match end {
                    End::Revoked => wait(store.revoke_invite(invite)).unwrap(),
                    End::Expired => clock.advance(SHORTLY),
                }
            }
            None
        });
        let _ = world.network.seen();
        let page = browser.follow(&world, &callback).await;
        world.network.unhook();
        assert_eq!(headed(&page), end.heading(), "{end:?} {account}");
        assert_eq!(called(&world, TOKEN), 1);
        assert_eq!(stored(&world, &client).await, before, "the account keeps its grant");
        assert_eq!(count(&world, "GRANT").await, 1, "the new tokens are not stored");

        let target = publish(&world, &client, connected["id"].as_str().unwrap(), "still here").await;
        assert_eq!(target["status"], "published", "{target}");
        assert_eq!(world.feed("demo_shop").await, ["still here"]);
    }
}

#[tokio::test]
async fn a_callback_of_an_ended_link_exchanges_nothing() {
    for end in [End::Revoked, End::Expired] {
        let world = World::new().await;
        let (client, connected, invite, mut browser, callback) = account_and_callback(&world, "demo_shop").await;
        match end {
            End::Revoked => world.store.revoke_invite(invite).await.unwrap(),
            End::Expired => world.clock.advance(SHORTLY),
        }
        let (before, _) = (tables(&world).await, world.network.seen());
        assert_eq!(headed(&browser.follow(&world, &callback).await), end.heading(), "{end:?}");
        assert!(world.network.seen().is_empty());
        assert_eq!(tables(&world).await, before);
        let target = publish(&world, &client, connected["id"].as_str().unwrap(), "still here").await;
        assert_eq!(target["status"], "published", "{target}");
    }
}

/// Follows one callback and, while its code is exchanged, another one; returns the status and code of both pages, and the
/// first one's text.
async fn within(
    world: &Arc<World>,
    outer: (Browser, String),
    inner: (Browser, String),
) -> ([(u16, String); 2], String) {
    let (shared_world, inner, between) = (Arc::clone(world), Mutex::new(Some(inner)), Arc::new(Mutex::new(None)));
    let kept = Arc::clone(&between);
    world.network.hook(move |request| {
        let first = is(request, TOKEN).then(|| inner.lock().unwrap().take()).flatten();
        if let Some((mut browser, callback)) = first {
            let page = wait(browser.follow(&shared_world, &callback));
            *kept.lock().unwrap() = Some(owned(said(&page)));
        }
        None
    });
    let (mut browser, callback) = outer;
    let page = browser.follow(world, &callback).await;
    world.network.unhook();
    let between = between.lock().unwrap().take().unwrap();
    ([owned(said(&page)), between], page.text)
}

fn owned((status, code): (u16, &str)) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_accounts_connected_by_one_link_at_once_only_one_is_stored() {
    let world = Arc::new(World::new().await);
    let client = world.client("A").await;
    let link = world.link(&client, &["x"]).await;
    let (mut a, mut b) = (Browser::default(), Browser::default());
    let of_a = a.authorize_x(&world, &link, "demo_shop").await;
    let of_b = b.authorize_x(&world, &link, "demo_cafe").await;
    let (pages, text) = within(&world, (b, of_b), (a, of_a)).await;
    assert_eq!(pages, [(409, "other_identity".into()), (200, String::new())]);
    assert!(text.contains("demo_shop") && !text.contains("demo_cafe"), "{text}");
    let accounts = world.accounts(&client).await;
    assert_eq!((accounts.len(), accounts[0]["handle"].as_str()), (1, Some("demo_shop")));
    assert_eq!(count(&world, "GRANT").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_concurrent_grants_for_a_new_account_only_one_is_stored() {
    let world = Arc::new(World::new().await);
    let client = world.client("A").await;
    let link = world.link(&client, &["x"]).await;
    let (mut a, mut b) = (Browser::default(), Browser::default());
    let of_a = a.authorize_x(&world, &link, "demo_shop").await;
    let of_b = b.authorize_x(&world, &link, "demo_shop").await;
    let (pages, text) = within(&world, (b, of_b), (a, of_a)).await;
    assert_eq!(pages, [(400, "state_used".into()), (200, String::new())]);
    assert!(text.contains("✓"), "the page shows the connected account: {text}");
    let accounts = stored(&world, &client).await;
    assert_eq!((accounts.len(), count(&world, "GRANT").await), (1, 1), "no grant is stored without its account");
    let target = publish(&world, &client, &accounts[0].id.to_string(), "one").await;
    assert_eq!(target["status"], "published", "{target}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_concurrent_grants_for_a_connected_account_only_one_is_stored() {
    let world = Arc::new(World::new().await);
    let (client, _) = world.connected("demo_shop").await;
    let link = world.link(&client, &["x"]).await;
    let (mut a, mut b) = (Browser::default(), Browser::default());
    let of_a = a.authorize_x(&world, &link, "demo_shop").await;
    let of_b = b.authorize_x(&world, &link, "demo_shop").await;
    let (pages, _) = within(&world, (b, of_b), (a, of_a)).await;
    assert_eq!(pages, [(400, "state_used".into()), (200, String::new())]);
    let accounts = stored(&world, &client).await;
    assert_eq!((accounts.len(), count(&world, "GRANT").await), (1, 1), "no grant is stored without its account");
    let target = publish(&world, &client, &accounts[0].id.to_string(), "one").await;
    assert_eq!(target["status"], "published", "{target}");
}

#[tokio::test]
async fn a_link_that_ends_between_two_clicks_says_so_at_the_second_click() {
    let world = World::new().await;
    let (_, _, invite, mut browser, callback) = account_and_callback(&world, "demo_shop").await;
    let declined = with(&callback, "error", Some("access_denied"));
    assert_eq!(said(&browser.get(&world, &declined).await), (200, "declined"));
    world.store.revoke_invite(invite).await.unwrap();
    assert_eq!(headed(&browser.get(&world, &declined).await), End::Revoked.heading());
}
