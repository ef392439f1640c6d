//! Headers that protect a browser: on every answer of every flow, because [`World::ask`] calls [`hold`].

use shared::{
    lambda::respond,
    testing::{Ask, TestResponse},
};

use crate::world::{Browser, World};

const HSTS: &str = "strict-transport-security";

/// An answer over https keeps browsers to https, and one that shows a secret is not stored on its way.
pub(crate) fn hold(answer: &TestResponse) {
    assert_eq!(answer.header(HSTS), Some("max-age=31536000"), "{}", answer.text);
    let location = answer.header("location").unwrap_or_default();
    let secrets = ["\"obh_live_", "\"obh_test_", "/invite/inv_"];
    if secrets.iter().any(|secret| answer.text.contains(secret) || location.contains(secret)) && !is_document(answer) {
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{}", answer.text);
    }
}

/// `openapi.json`, whose examples are no secrets.
fn is_document(answer: &TestResponse) -> bool {
    answer.text.starts_with("{\"openapi\":")
}

#[tokio::test]
async fn what_shows_a_secret_is_not_stored() {
    let world = World::new().await;
    let body = serde_json::json!({ "label": "a", "scopes": ["clients.read"] });
    let key = world.ask(Ask::post("/v1/api-keys", &body).key(&world.key)).await;
    assert!(key.data()["key"].as_str().unwrap().starts_with("obh_live_"));
    let client = world.client("A").await;
    let path = format!("/v1/clients/{client}/connect-invites");
    let invite = world.ask(Ask::post(&path, &serde_json::json!({ "platforms": ["x"] })).key(&world.key)).await;
    assert!(invite.data()["url"].as_str().unwrap().contains("/invite/"));
    let link = world.link(&client, &["x"]).await;
    let mut browser = Browser::default();
    let page = browser.connect_x(&world, &link, "demo_shop").await;
    for answer in [key, invite, page] {
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{}", answer.text);
    }
}

/// Over plain http, as in `local`, a browser must not be told to use https.
#[tokio::test]
async fn only_an_answer_over_https_keeps_browsers_to_https() {
    let world = World::new().await;
    let function = &world.functions.error_page;
    for (scheme, said) in [("https", Some("max-age=31536000")), ("http", None)] {
        let mut request = Ask::get("/errors/not_found").build();
        *request.uri_mut() = format!("{scheme}://api.test/errors/not_found").parse().unwrap();
        let answer = TestResponse::read(respond(function, error_page::handle, request).await);
        assert_eq!(answer.header(HSTS), said, "{scheme}");
    }
}
