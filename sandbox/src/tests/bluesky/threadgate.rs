//! Records that say who may reply to a post.

use serde_json::{Value, json};

use super::{BlueskyClient, PUT, RKEY, SHOP, encode, error};

const THREADGATE: &str = "app.bsky.feed.threadgate";
const SCOPE: &str = "atproto repo?collection=app.bsky.feed.post&collection=app.bsky.feed.threadgate";

fn gate() -> Value {
    json!({
        "$type": THREADGATE,
        "post": format!("at://{SHOP}/app.bsky.feed.post/{RKEY}"),
        "allow": [{ "$type": "app.bsky.feed.threadgate#mentionRule" }],
        "createdAt": "2026-11-21T12:00:00.000Z",
    })
}

#[tokio::test]
async fn a_gate_is_written_under_the_key_of_its_post() {
    let bluesky = BlueskyClient::allowing(SCOPE).await;
    let session = bluesky.connect("demo-shop.test").await;
    bluesky.put(&session.access, SHOP, RKEY, "hello").await.unwrap();
    let put = async |rkey: &str, record: &Value| {
        let body = json!({ "repo": SHOP, "collection": THREADGATE, "rkey": rkey, "record": record });
        bluesky.call(&session.access, PUT, &body).await.unwrap()
    };
    let written = put(RKEY, &gate()).await;
    assert_eq!((written.status.as_u16(), &written.json()["validationStatus"]), (200, &json!("valid")));
    let query = encode(&[("repo", SHOP), ("collection", THREADGATE), ("rkey", RKEY)]);
    let read = bluesky.world.get(&format!("/xrpc/com.atproto.repo.getRecord?{query}")).await.json();
    assert_eq!(read["value"], gate());
    assert_eq!(bluesky.texts("demo-shop.test").await, ["hello"], "a gate is no post");
    let invalid = (400, "InvalidRequest".to_owned());
    assert_eq!(error(&put("self", &gate()).await), invalid);
    for (name, value) in [
        ("post", json!("https://bsky.app")),
        ("createdAt", json!("today")),
        ("allow", json!({})),
        ("allow", json!([{}])),
        ("allow", json!([{ "$type": "app.bsky.feed.threadgate#listRule" }])),
        ("allow", json!(vec![json!({ "$type": "app.bsky.feed.threadgate#mentionRule" }); 6])),
        ("hiddenReplies", json!([7])),
    ] {
        let mut wrong = gate();
        wrong[name] = value.clone();
        assert_eq!(error(&put(RKEY, &wrong).await), invalid, "{name} {value}");
    }
    let mut closed = gate();
    closed["allow"] = json!([]);
    assert_eq!(put("3jzfcijpj2z2b", &closed).await.status, 200, "nobody may reply");
}

#[tokio::test]
async fn a_gate_needs_its_permission() {
    let bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("demo-shop.test").await;
    let body = json!({ "repo": SHOP, "collection": THREADGATE, "rkey": RKEY, "record": gate() });
    let reply = bluesky.call(&session.access, PUT, &body).await.unwrap();
    assert_eq!(error(&reply), (403, "ScopeMissingError".to_owned()));
}
