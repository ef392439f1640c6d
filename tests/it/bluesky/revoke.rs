//! Disconnecting: the server's own endpoint is told, with a proof, if its metadata names one.

use http::Method;
use serde_json::{Value, json};
use shared::testing::{Answer, Ask};

use super::Scene;
use crate::{
    connect::{count, stored, tenant, vault},
    world::atproto::{METADATA, REVOKE},
};

async fn disconnect(scene: &Scene, account: &str) -> Answer {
    let ask = Ask::new(Method::DELETE, &format!("/v1/accounts/{account}"));
    scene.world.ask(ask.key(&scene.world.key)).await
}

#[tokio::test]
async fn the_server_ends_the_session() {
    let mut scene = Scene::new().await;
    let account = scene.connect().await;
    let grant = stored(&scene.world, &scene.client).await[0].grant;
    let grant = vault(&scene.world).find(tenant(&scene.world), grant).await.unwrap().unwrap();
    assert!(scene.network.knows(grant.tokens.access.expose()));
    let _ = scene.world.network.seen();
    let answer = disconnect(&scene, &account).await;
    assert_eq!((answer.status.as_u16(), &answer.data()["revokedAtPlatform"]), (200, &json!(true)), "{}", answer.text);
    let post = format!("POST {REVOKE}");
    assert_eq!(scene.world.network.seen(), [format!("GET {METADATA}"), post.clone(), post], "and once with its nonce");
    assert!(!scene.network.knows(grant.tokens.access.expose()));
    assert_eq!(count(&scene.world, "GRANT").await, 0);
}

#[tokio::test]
async fn a_server_that_takes_too_long_does_not_keep_the_account_connected() {
    let mut scene = Scene::new().await;
    let account = scene.connect().await;
    let _ = scene.world.network.seen();
    scene.world.hurry(std::time::Duration::ZERO);
    let answer = disconnect(&scene, &account).await;
    assert_eq!(
        (&answer.data()["status"], &answer.data()["revokedAtPlatform"]),
        (&json!("disconnected"), &json!(false))
    );
    assert!(scene.world.network.seen().is_empty());
    assert_eq!(count(&scene.world, "GRANT").await, 0);
}

#[tokio::test]
async fn a_server_that_names_no_endpoint_of_its_own_is_told_nothing() {
    for named in [Value::Null, json!("https://evil.test/revoke")] {
        let mut scene = Scene::new().await;
        let account = scene.connect().await;
        scene.network.bend(METADATA, move |metadata| metadata["revocation_endpoint"] = named.clone());
        let _ = scene.world.network.seen();
        let answer = disconnect(&scene, &account).await;
        assert_eq!((answer.status.as_u16(), &answer.data()["revokedAtPlatform"]), (200, &json!(false)));
        assert_eq!(scene.world.network.seen(), [format!("GET {METADATA}")]);
        assert_eq!(count(&scene.world, "GRANT").await, 0);
    }
}
