//! Tokens of an exchange that connects no account are revoked: they are live, and nothing of ours stores them.

use std::sync::{Arc, Mutex};

use serde_json::json;
use shared::net::{Request, Response};

use super::{TOKEN, WHOAMI, end_grant, invite, is, publish, reply, said, stored, wait};
use crate::world::{Browser, World};

const REVOKE: &str = "http://sandbox.test/api.x.com/2/oauth2/revoke";

/// Follows the callback of `account` while the network answers by `hook`. Returns the page's code and the tokens that were
/// revoked.
async fn follow(
    world: &World,
    (browser, callback): (&mut Browser, &str),
    hook: impl Fn(&Request) -> Option<Response> + Send + Sync + 'static,
) -> (String, Vec<String>) {
    let revoked = Arc::<Mutex<Vec<String>>>::default();
    let seen = Arc::clone(&revoked);
    world.network.hook(move |request| {
        if is(request, REVOKE) {
            let form = url::form_urlencoded::parse(request.body()).into_owned();
            seen.lock().unwrap().extend(form.filter(|(name, _)| name == "token").map(|(_, token)| token));
        }
        hook(request).map(Ok)
    });
    let page = browser.follow(world, callback).await;
    world.network.unhook();
    (said(&page).1.to_owned(), std::mem::take(&mut revoked.lock().unwrap()))
}

fn granted(scope: &str) -> Response {
    let tokens =
        json!({ "token_type": "bearer", "access_token": "access", "refresh_token": "refresh", "scope": scope });
    reply(200, &tokens)
}

#[tokio::test]
async fn a_grant_with_too_few_scopes_is_revoked() {
    let world = World::new().await;
    let client = world.client("A").await;
    let mut browser = Browser::default();
    let callback = browser.authorize_x(&world, &world.link(&client, &["x"]).await, "demo_shop").await;
    let few = |request: &Request| is(request, TOKEN).then(|| granted("tweet.read"));
    let (code, revoked) = follow(&world, (&mut browser, &callback), few).await;
    assert_eq!((code.as_str(), &revoked[..]), ("scopes_missing", &["refresh".to_owned()][..]));
}

#[tokio::test]
async fn a_grant_of_an_account_that_is_not_identified_or_unsuitable_is_revoked() {
    for (status, code) in [(500, "platform_down"), (403, "exchange_refused")] {
        let world = World::new().await;
        let client = world.client("A").await;
        let mut browser = Browser::default();
        let callback = browser.authorize_x(&world, &world.link(&client, &["x"]).await, "demo_shop").await;
        let unknown = move |request: &Request| is(request, WHOAMI).then(|| reply(status, &json!({})));
        let (said, revoked) = follow(&world, (&mut browser, &callback), unknown).await;
        assert_eq!((said.as_str(), revoked.len()), (code, 1));
    }
}

#[tokio::test]
async fn a_grant_of_another_account_than_the_links_is_revoked() {
    let world = World::new().await;
    let client = world.client("A").await;
    let link = world.link(&client, &["x"]).await;
    let (mut a, mut b) = (Browser::default(), Browser::default());
    let of_b = b.authorize_x(&world, &link, "demo_cafe").await;
    assert_eq!(said(&a.connect_x(&world, &link, "demo_shop").await), (200, ""));
    let (code, revoked) = follow(&world, (&mut b, &of_b), |_| None).await;
    assert_eq!((code.as_str(), revoked.len()), ("other_identity", 1));
    let account = world.accounts(&client).await.remove(0);
    let target = publish(&world, &client, account["id"].as_str().unwrap(), "still here").await;
    assert_eq!(target["status"], "published", "the connected account's grant is not revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_for_a_link_that_ends_during_the_exchange_is_revoked() {
    let world = Arc::new(World::new().await);
    let client = world.client("A").await;
    let link = world.link(&client, &["x"]).await;
    let mut browser = Browser::default();
    let callback = browser.authorize_x(&world, &link, "demo_shop").await;
    let (inner, id) = (Arc::clone(&world), invite(&link));
    let (_, revoked) = follow(&world, (&mut browser, &callback), move |request| {
        if is(request, WHOAMI) {
            wait(inner.store.revoke_invite(id)).unwrap();
        }
        None
    })
    .await;
    assert_eq!(revoked.len(), 1);
    assert!(world.accounts(&client).await.is_empty());
}

/// Some platforms end all grants of an account at once.
#[tokio::test]
async fn nothing_is_revoked_while_the_account_may_be_connected() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let mut browser = Browser::default();
    let callback = browser.authorize_x(&world, &world.link(&client, &["x"]).await, "demo_shop").await;
    let few = |request: &Request| is(request, TOKEN).then(|| granted("tweet.read"));
    let (code, revoked) = follow(&world, (&mut browser, &callback), few).await;
    assert_eq!((code.as_str(), revoked.len()), ("scopes_missing", 0));
    assert_eq!(publish(&world, &client, &account, "still here").await["status"], "published");
    end_grant(&world, &stored(&world, &client).await[0]).await;
    let callback = browser.authorize_x(&world, &world.link(&client, &["x"]).await, "demo_shop").await;
    let (_, revoked) = follow(&world, (&mut browser, &callback), few).await;
    assert_eq!(revoked.len(), 1, "its stored grant is dead");
}
