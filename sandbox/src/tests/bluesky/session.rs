//! From a handle to a post: discovery, authorization, and the record.

use serde_json::json;

use super::{BlueskyClient, ORIGIN, POST, REDIRECT, RKEY, SCOPE, SHOP, VERIFIER};

#[tokio::test]
async fn a_handle_leads_to_its_servers() {
    let bluesky = BlueskyClient::new().await;
    let resolve = "/xrpc/com.atproto.identity.resolveHandle?handle=";
    assert_eq!(bluesky.world.get(&format!("{resolve}demo-shop.test")).await.json(), json!({ "did": SHOP }));
    assert_eq!(
        super::error(&bluesky.world.get(&format!("{resolve}nobody.test")).await),
        (400, "HandleNotFound".into())
    );
    let document = bluesky.world.get(&format!("/{SHOP}")).await.json();
    assert_eq!((&document["id"], &document["alsoKnownAs"]), (&json!(SHOP), &json!(["at://demo-shop.test"])));
    assert_eq!(document["service"][0]["serviceEndpoint"], ORIGIN);
    assert_eq!(bluesky.world.get("/did:plc:aaaaaaaaaaaaaaaaaaaaaaaa").await.status, 404);
    let resource = bluesky.world.get("/.well-known/oauth-protected-resource").await.json();
    assert_eq!((&resource["resource"], &resource["authorization_servers"]), (&json!(ORIGIN), &json!([ORIGIN])));
    let metadata = bluesky.world.get("/.well-known/oauth-authorization-server").await.json();
    assert_eq!(metadata["issuer"], ORIGIN);
    for endpoint in ["authorization_endpoint", "token_endpoint", "pushed_authorization_request_endpoint"] {
        assert!(metadata[endpoint].as_str().unwrap().starts_with(&format!("{ORIGIN}/oauth/")), "{endpoint}");
    }
    for required in [
        "require_pushed_authorization_requests",
        "authorization_response_iss_parameter_supported",
        "client_id_metadata_document_supported",
    ] {
        assert_eq!(metadata[required], true, "{required}");
    }
    let server = bluesky.world.get("/xrpc/com.atproto.server.describeServer").await.json();
    assert_eq!(server["availableUserDomains"], json!([".test"]));
}

#[tokio::test]
async fn an_account_is_connected_and_a_post_is_in_its_repository_and_feed() {
    let mut bluesky = BlueskyClient::new().await;
    let uri = bluesky.pushed("demo-shop.test", VERIFIER).await;
    let query = super::encode(&[("client_id", &bluesky.client_id), ("request_uri", &uri)]);
    let page = bluesky.world.get(&format!("/oauth/authorize?{query}")).await;
    assert_eq!(page.status, 200);
    assert!(
        page.body.contains("@demo-shop.test") && !page.body.contains("@demo-cafe.test"),
        "the hint names one account"
    );
    let back = bluesky.decide(&uri, ("account", "demo-shop.test")).await;
    assert!(back.header("location").starts_with(REDIRECT));
    assert_eq!(back.sent_back("iss").as_deref(), Some(ORIGIN));
    assert_eq!(back.sent_back("state").as_deref(), Some("st&te"));
    let reply = bluesky.redeem(&back.sent_back("code").unwrap(), VERIFIER).await;
    let tokens = reply.json();
    assert_eq!(
        (&tokens["token_type"], &tokens["sub"], &tokens["scope"]),
        (&json!("DPoP"), &json!(SHOP), &json!(SCOPE))
    );
    assert!(tokens["expires_in"].as_i64().unwrap() < 30 * 60);
    let session = super::session(&reply);

    let written = bluesky.put(&session.access, SHOP, RKEY, "hello").await.unwrap();
    assert_eq!(written.status, 200, "{}", written.body);
    let body = written.json();
    let uri = format!("at://{SHOP}/{POST}/{RKEY}");
    assert_eq!((&body["uri"], &body["validationStatus"]), (&json!(uri), &json!("valid")));
    assert!(body["commit"]["rev"].is_string());
    bluesky.world.restart();
    let read = bluesky.get(SHOP, RKEY).await.json();
    assert_eq!(read, json!({ "uri": uri, "cid": body["cid"], "value": super::record("hello") }));
    let post = bluesky.world.posts("bluesky", "demo-shop.test").await.remove(0);
    assert_eq!((&post["text"], &post["uri"]), (&json!("hello"), &json!(uri)));
    assert_eq!(bluesky.world.all_posts("bluesky").await[0]["account"], "demo-shop.test");
}

#[tokio::test]
async fn consent_can_be_refused_and_a_request_is_used_once() {
    let bluesky = BlueskyClient::new().await;
    let uri = bluesky.pushed("demo-shop.test", VERIFIER).await;
    let foreign = bluesky.decide(&uri, ("account", "demo-cafe.test")).await;
    assert_eq!(foreign.status, 400, "only the hinted account may authorize");
    let back = bluesky.decide(&uri, ("cancel", "1")).await;
    assert_eq!((back.sent_back("error").as_deref(), back.sent_back("code")), (Some("access_denied"), None));
    assert_eq!(back.sent_back("iss").as_deref(), Some(ORIGIN));
    assert_eq!(bluesky.decide(&uri, ("account", "demo-shop.test")).await.status, 400, "it was used");

    let declined = bluesky.pushed("declines.test", VERIFIER).await;
    let back = bluesky.decide(&declined, ("account", "declines.test")).await;
    assert_eq!(back.sent_back("error").as_deref(), Some("access_denied"));

    let late = bluesky.pushed("demo-shop.test", VERIFIER).await;
    bluesky.world.pass(300);
    assert_eq!(bluesky.decide(&late, ("account", "demo-shop.test")).await.status, 400, "it has expired");
    let query = super::encode(&[("client_id", &bluesky.client_id), ("request_uri", &late), ("scope", SCOPE)]);
    assert_eq!(bluesky.world.get(&format!("/oauth/authorize?{query}")).await.status, 400, "parameters must be pushed");
}

#[tokio::test]
async fn secrets_are_not_in_the_table() {
    let bluesky = BlueskyClient::new().await;
    let uri = bluesky.pushed("demo-shop.test", VERIFIER).await;
    let code = bluesky.decide(&uri, ("account", "demo-shop.test")).await.sent_back("code").unwrap();
    let session = super::session(&bluesky.redeem(&code, VERIFIER).await);
    let kept = bluesky.world.everything().await;
    assert!(kept.contains("bluesky#grant#"), "the table was read");
    for secret in [&uri, &code, &session.access, &session.refresh] {
        assert!(!kept.contains(secret.as_str()));
    }
}
