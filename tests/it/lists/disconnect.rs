//! Disconnecting an account: first our own state changes, then the tokens are revoked at the platform, whatever it answers.

mod races;

use std::sync::Arc;

use chrono::Duration;
use platforms::PlatformId;
use serde_json::{Value, json};
use shared::{
    account::Account,
    id::AgencyId,
    net::{HttpClient, SendError},
    oauth::{self, Tokens},
    store::Grant,
    tenant::Mode,
    testing::{Ask, TestResponse},
};

use super::{bound, delete};
use crate::media;
use crate::{
    connect::{WHOAMI, called, count, end_grant, is, reply, stored, tables, tenant, vault},
    world::{Browser, LEASE, World, sites},
};

const X: &str = "http://sandbox.test/api.x.com/2/oauth2/revoke";
const TIKTOK: &str = "http://sandbox.test/open.tiktokapis.com/v2/oauth/revoke/";

fn one(account: &str) -> String {
    format!("/v1/accounts/{account}")
}

async fn disconnect(world: &World, account: &str) -> TestResponse {
    delete(world, &world.key, &one(account)).await
}

/// A client's only account as stored, and its grant.
async fn account_and_grant(world: &World, client: &str) -> (Account, Grant) {
    let account = stored(world, client).await.remove(0);
    let grant = vault(world).find(tenant(world), &account).await.unwrap().unwrap();
    (account, grant)
}

/// The status of the sandbox's X for an access token.
async fn whoami(world: &World, grant: &Grant) -> u16 {
    let request = http::Request::get(WHOAMI)
        .header("authorization", format!("Bearer {}", grant.tokens.access.expose()))
        .body(bytes::Bytes::new())
        .unwrap();
    world.network.sandbox(request).await.unwrap().status().as_u16()
}

/// Tries to refresh with the tokens of a grant.
async fn refresh(world: &World, grant: &Grant) -> Result<Tokens, oauth::Error> {
    let http = HttpClient::new(world.network.clone(), LEASE / 3);
    let site = sites().site(Mode::Live, PlatformId::X).unwrap();
    oauth::refresh(&http, &site, &grant.tokens, world.now()).await
}

#[tokio::test]
async fn disconnecting_deletes_the_tokens_here_and_revokes_them_at_the_platform() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let (_, grant) = account_and_grant(&world, &client).await;
    let before = world.accounts(&client).await.remove(0);
    assert_eq!(whoami(&world, &grant).await, 200);
    let _ = world.network.seen();
    let answer = disconnect(&world, &account).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let mut expected = before;
    expected["status"] = json!("disconnected");
    assert_eq!(world.accounts(&client).await[0], expected);
    expected["revokedAtPlatform"] = json!(true);
    assert_eq!(answer.data(), expected);
    assert_eq!(world.network.seen(), [format!("POST {X}")]);
    assert_eq!(count(&world, "GRANT").await, 0);
    assert_eq!(whoami(&world, &grant).await, 401);
    assert!(matches!(refresh(&world, &grant).await, Err(oauth::Error::Dead(_))), "the refresh token is revoked too");
}

#[tokio::test]
async fn disconnecting_again_changes_and_calls_nothing() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    disconnect(&world, &account).await;
    let (before, _) = (tables(&world).await, world.network.seen());
    let again = disconnect(&world, &account).await;
    assert_eq!(again.status, 200, "{}", again.text);
    assert_eq!((&again.data()["status"], &again.data()["revokedAtPlatform"]), (&json!("disconnected"), &json!(false)));
    assert!(world.network.seen().is_empty());
    assert_eq!(tables(&world).await, before);
    assert_eq!(world.accounts(&client).await.len(), 1);
}

#[tokio::test]
async fn each_platform_is_called_as_it_documents() {
    let world = World::new().await;
    let revoked = async |platform: &str| {
        let (_, account) = media::connected(&world, platform, "demo_shop").await;
        let _ = world.network.seen();
        disconnect(&world, &account).await.data()["revokedAtPlatform"].clone()
    };
    assert_eq!(revoked("tiktok").await, true);
    assert_eq!(world.network.seen(), [format!("POST {TIKTOK}")]);
    assert_eq!(revoked("instagram").await, false);
    assert!(world.network.seen().is_empty(), "Instagram has no revocation call");
}

#[tokio::test]
async fn an_expired_access_token_is_refreshed_to_revoke_the_grant() {
    let world = World::new().await;
    let (_, account) = media::connected(&world, "tiktok", "demo_shop").await;
    world.clock.advance(Duration::hours(25));
    let _ = world.network.seen();
    assert_eq!(disconnect(&world, &account).await.data()["revokedAtPlatform"], true);
    assert_eq!(world.network.seen(), [format!("POST {}", TIKTOK.replace("revoke", "token")), format!("POST {TIKTOK}")]);
}

#[tokio::test]
async fn an_account_is_disconnected_although_the_platform_fails() {
    let no = |status: u16| move || Ok(reply(status, &json!({ "error": "invalid_request" })));
    let failures: [Arc<dyn Fn() -> Result<shared::net::Response, SendError> + Send + Sync>; 5] = [
        Arc::new(no(200)),
        Arc::new(no(400)),
        Arc::new(no(503)),
        Arc::new(|| Err(SendError::OutcomeUnknown("the connection broke".into()))),
        Arc::new(|| Err(SendError::NotSent("there is no such server".into()))),
    ];
    for failure in failures {
        let world = World::new().await;
        let (client, account) = world.connected("demo_shop").await;
        world.network.hook(move |request| is(request, X).then(|| failure()));
        let answer = disconnect(&world, &account).await;
        assert_eq!((answer.status.as_u16(), &answer.data()["revokedAtPlatform"]), (200, &json!(false)));
        assert_eq!(called(&world, X), 1, "once");
        assert_eq!(world.accounts(&client).await[0]["status"], "disconnected");
        assert_eq!(count(&world, "GRANT").await, 0);
    }
}

#[tokio::test]
async fn scheduled_posts_of_a_disconnected_account_fail_and_new_ones_are_refused() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let at = json!({ "type": "at", "scheduledAt": world.now() + Duration::minutes(10) });
    let post = world.post(&client, &[&account], "Too late", at).await;
    disconnect(&world, &account).await;
    for _ in 0..12 {
        world.pass(Duration::minutes(1)).await;
        world.tick().await;
        world.deliver().await;
    }
    let target = world.target(&post).await;
    assert_eq!((&target["status"], &target["error"]["code"]), (&json!("failed"), &json!("account_disconnected")));
    assert!(world.feed("demo_shop").await.is_empty());

    let body = |targets: Value| json!({ "clientId": client, "content": "New", "targets": targets, "schedule": { "type": "now" } });
    for targets in [json!({ "mode": "all" }), json!({ "mode": "selection", "accountIds": [account] })] {
        let refused = world.ask(Ask::post("/v1/posts", &body(targets)).key(&world.key)).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
    }
}

#[tokio::test]
async fn a_reconnected_account_keeps_its_id_and_posts() {
    let world = World::new().await;
    let client = world.client("A").await;
    let link = world.link(&client, &["x"]).await;
    let mut browser = Browser::default();
    browser.connect_x(&world, &link, "demo_shop").await;
    let before = world.accounts(&client).await.remove(0);
    let account = before["id"].as_str().unwrap();
    let at = json!({ "type": "at", "scheduledAt": world.now() + Duration::minutes(10) });
    let post = world.post(&client, &[account], "Still mine", at).await;
    disconnect(&world, account).await;
    let page = browser.get(&world, &link).await;
    assert!(page.text.contains("has ended") && page.text.contains("Reconnect X"), "{}", page.text);
    browser.connect_x(&world, &link, "demo_shop").await;
    assert_eq!(world.accounts(&client).await[0], before);
    assert_eq!(count(&world, "GRANT").await, 1);
    world.pass(Duration::minutes(8)).await;
    world.tick().await;
    world.pass(Duration::minutes(3)).await;
    assert_eq!(world.target(&post).await["status"], "published");
    assert_eq!(disconnect(&world, account).await.data()["revokedAtPlatform"], true, "it can be disconnected again");
}

#[tokio::test]
async fn an_account_with_a_dead_grant_can_be_disconnected() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    end_grant(&world, &stored(&world, &client).await[0]).await;
    assert_eq!(disconnect(&world, &account).await.data()["status"], "disconnected");
    assert_eq!(count(&world, "GRANT").await, 0);
}

#[tokio::test]
async fn an_account_whose_grant_cannot_be_decrypted_can_be_disconnected() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let (before, _) = account_and_grant(&world, &client).await;
    let text = |text: String| aws_sdk_dynamodb::types::AttributeValue::S(text);
    let update =
        world.engine.client.update_item().table_name("vault").update_expression("SET version = version + :one");
    let update = update.key("pk", text(format!("GRANT#{}", before.grant))).key("sk", text("GRANT".into()));
    let one = aws_sdk_dynamodb::types::AttributeValue::N("1".into());
    update.expression_attribute_values(":one", one).send().await.unwrap();
    let answer = disconnect(&world, &account).await;
    assert_eq!((answer.status.as_u16(), &answer.data()["revokedAtPlatform"]), (200, &json!(false)), "{}", answer.text);
    assert_eq!(count(&world, "GRANT").await, 0);
}

#[tokio::test]
async fn only_its_owner_can_disconnect_an_account() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let other = world.client("B").await;
    let strangers = [
        world.agency(AgencyId::random(), Mode::Live).await,
        world.agency(world.agency, Mode::Test).await,
        bound(&world, &other).await,
    ];
    let unknown = disconnect(&world, "acc_aaaaaaaaaaaaaaaaaaaaaaaaaa").await;
    assert_eq!(unknown.status, 404);
    assert_eq!(disconnect(&world, "x").await.status, 404);
    for key in strangers {
        let refused = delete(&world, &key, &one(&account)).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["detail"]), (404, &unknown.json()["detail"]));
    }
    assert_eq!(world.accounts(&client).await[0]["status"], "connected");
    assert_eq!(count(&world, "GRANT").await, 1);
    let own = bound(&world, &client).await;
    assert_eq!(delete(&world, &own, &one(&account)).await.status, 200);
}
