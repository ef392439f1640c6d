//! How often foreign servers are asked when a post is created, validated or edited.

use serde_json::{Map, Value, json};
use shared::testing::Ask;

use super::{connected, faults};
use crate::{
    connect::reply,
    world::{Browser, World},
};

/// A world whose media servers redirect `/to/…` to one photo, and count.
async fn world() -> World {
    let world = World::new().await;
    world.network.hook(|request| {
        if request.uri().host() != Some("m.test") {
            return None;
        }
        let mut answer = reply(200, &json!({}));
        answer.headers_mut().insert("content-type", "image/jpeg".parse().unwrap());
        if request.uri().path().starts_with("/to/") {
            *answer.status_mut() = http::StatusCode::FOUND;
            answer.headers_mut().insert("location", "/photo".parse().unwrap());
        }
        Some(Ok(answer))
    });
    world
}

/// The requests to media servers since the last call.
fn asked(world: &World) -> usize {
    world.network.seen().iter().filter(|call| call.starts_with("HEAD https://m.test/")).count()
}

fn photo(address: &str) -> Value {
    json!({ "url": format!("https://m.test/{address}") })
}

async fn send(world: &World, path: &str, body: &Value) -> shared::testing::TestResponse {
    world.ask(Ask::post(path, body).key(&world.key)).await
}

#[tokio::test]
async fn an_address_is_asked_once_for_all_targets() {
    let world = world().await;
    let (client, first) = connected(&world, "instagram", "demo_shop").await;
    let link = world.link(&client, &["tiktok"]).await;
    Browser::default().connect(&world, &link, "tiktok", "demo_shop").await;
    let accounts: Vec<String> =
        world.accounts(&client).await.iter().map(|account| account["id"].as_str().unwrap().to_owned()).collect();
    assert!(accounts.len() == 2 && accounts.contains(&first));
    let media: Vec<Value> = (0..5).map(|n| photo(&format!("to/{n}"))).chain([photo("photo"), photo("photo")]).collect();
    let overrides: Map<String, Value> =
        accounts.iter().map(|account| (account.clone(), json!({ "media": media }))).collect();
    let body = json!({
        "clientId": client, "content": "Hello", "media": media, "overrides": overrides,
        "platformOptions": { "tiktok": { "privacyLevel": "SELF_ONLY" } },
        "targets": { "mode": "selection", "accountIds": accounts }, "schedule": { "type": "now" },
    });
    for path in ["/v1/posts/validate", "/v1/posts"] {
        let _ = asked(&world);
        let answer = send(&world, path, &body).await;
        assert!(answer.status.is_success(), "{}", answer.text);
        assert_eq!(asked(&world), 6, "{path}: five redirects and the photo");
    }
}

#[tokio::test]
async fn a_post_that_is_refused_without_its_media_asks_nobody() {
    let world = world().await;
    let (client, account) = connected(&world, "instagram", "demo_shop").await;
    let link = world.link(&client, &["instagram"]).await;
    Browser::default().connect(&world, &link, "instagram", "demo_cafe").await;
    let accounts = world.accounts(&client).await;
    let gone = accounts.iter().map(|one| one["id"].as_str().unwrap()).find(|id| *id != account).unwrap().to_owned();
    let (elsewhere, x) = world.connected("demo_shop").await;
    let disconnected = world.ask(Ask::new(http::Method::DELETE, &format!("/v1/accounts/{gone}")).key(&world.key)).await;
    assert_eq!(disconnected.status, 200, "{}", disconnected.text);
    let good = json!({
        "clientId": client, "content": "Hello", "media": [photo("photo")],
        "targets": { "mode": "selection", "accountIds": [account] }, "schedule": { "type": "now" },
    });
    let select = |account: &str| json!({ "mode": "selection", "accountIds": [account] });
    let own = json!({ &gone: { "media": [photo("own")] } });
    let past = json!({ "type": "at", "scheduledAt": world.now() - chrono::Duration::hours(1) });
    let bound = world.bound_key(shared::tenant::Mode::Live, elsewhere.parse().unwrap()).await;
    let _ = asked(&world);
    for (status, field, value) in [
        (404, "clientId", json!(shared::id::ClientId::random())),
        (422, "targets", select(&gone)),
        (422, "targets", select(&x)),
        (422, "overrides", own),
        (422, "content", json!("a".repeat(2201))),
        (422, "media", json!(vec![photo("photo"); 11])),
        (422, "schedule", past),
        (422, "publishBefore", json!(world.now() - chrono::Duration::hours(1))),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        for path in ["/v1/posts/validate", "/v1/posts"] {
            let answer = send(&world, path, &bad).await;
            assert_eq!((answer.status.as_u16(), asked(&world)), (status, 0), "{path} {field}: {}", answer.text);
        }
    }
    let foreign = world.ask(Ask::post("/v1/posts/validate", &good).key(&bound)).await;
    assert_eq!((foreign.status.as_u16(), asked(&world)), (404, 0));

    let post = send(
        &world,
        "/v1/posts",
        &json!({ "clientId": client, "content": "Hello", "media": [photo("photo")],
        "targets": select(&account), "schedule": { "type": "draft" } }),
    )
    .await;
    assert_eq!((post.status.as_u16(), asked(&world)), (201, 0), "{}", post.text);
    let path = format!("/v1/posts/{}", post.data()["id"].as_str().unwrap());
    let edit = |body: Value| world.ask(Ask::post(&path, &body).with_method(http::Method::PATCH).key(&world.key));
    let due = json!({ "type": "now" });
    let refused = edit(json!({ "schedule": due, "content": "a".repeat(2201) })).await;
    assert!(faults(&refused)[0].1.contains("text_too_long"), "{}", refused.text);
    assert_eq!(asked(&world), 0);
    let edited = edit(json!({ "schedule": due })).await;
    assert_eq!((edited.status.as_u16(), asked(&world)), (200, 1), "{}", edited.text);
}
