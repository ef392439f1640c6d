//! Disconnecting: the tokens are revoked at the server's revocation endpoint, with a DPoP proof, if its metadata names one.

use http::Method;
use serde_json::{Value, json};
use shared::testing::{Ask, TestResponse};

use super::Setup;
use crate::{
    connect::{count, stored, tenant, vault},
    world::atproto::{METADATA, REVOKE},
};

async fn disconnect(setup: &Setup, account: &str) -> TestResponse {
    let ask = Ask::new(Method::DELETE, &format!("/v1/accounts/{account}"));
    setup.world.ask(ask.key(&setup.world.key)).await
}

#[tokio::test]
async fn the_server_ends_the_session() {
    let mut setup = Setup::new().await;
    let account = setup.connect().await;
    let connected = &stored(&setup.world, &setup.client).await[0];
    let grant = vault(&setup.world).find(tenant(&setup.world), connected).await.unwrap().unwrap();
    assert!(setup.network.knows(grant.tokens.access.expose()));
    let _ = setup.world.network.seen();
    let answer = disconnect(&setup, &account).await;
    assert_eq!((answer.status.as_u16(), &answer.data()["revokedAtPlatform"]), (200, &json!(true)), "{}", answer.text);
    let post = format!("POST {REVOKE}");
    assert_eq!(
        setup.world.network.seen(),
        [format!("GET {METADATA}"), post.clone(), post],
        "the call is made once to learn the nonce and once with it"
    );
    assert!(!setup.network.knows(grant.tokens.access.expose()));
    assert_eq!(count(&setup.world, "GRANT").await, 0);
}

#[tokio::test]
async fn an_account_is_disconnected_although_the_server_times_out() {
    let mut setup = Setup::new().await;
    let account = setup.connect().await;
    let _ = setup.world.network.seen();
    setup.world.hurry(std::time::Duration::ZERO);
    let answer = disconnect(&setup, &account).await;
    assert_eq!(
        (&answer.data()["status"], &answer.data()["revokedAtPlatform"]),
        (&json!("disconnected"), &json!(false))
    );
    assert!(setup.world.network.seen().is_empty());
    assert_eq!(count(&setup.world, "GRANT").await, 0);
}

#[tokio::test]
async fn a_server_without_a_revocation_endpoint_is_not_called() {
    for named in [Value::Null, json!("https://evil.test/revoke")] {
        let mut setup = Setup::new().await;
        let account = setup.connect().await;
        setup.network.change_answer(METADATA, move |metadata| metadata["revocation_endpoint"] = named.clone());
        let _ = setup.world.network.seen();
        let answer = disconnect(&setup, &account).await;
        assert_eq!((answer.status.as_u16(), &answer.data()["revokedAtPlatform"]), (200, &json!(false)));
        assert_eq!(setup.world.network.seen(), [format!("GET {METADATA}")]);
        assert_eq!(count(&setup.world, "GRANT").await, 0);
    }
}
