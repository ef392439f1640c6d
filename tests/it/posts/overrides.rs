//! Overrides: the content or media for one account in place of the post's.

use serde_json::{Value, json};
use shared::testing::Ask;

use super::{edit, faulty_paths, path};
use crate::{
    media::{connected, feed, sample},
    publish::{ask_post, now, settle},
    world::{Browser, World},
};

/// A client with two accounts of X: the three ids.
async fn two(world: &World) -> (String, String, String) {
    let (client, first) = world.connected("demo_shop").await;
    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(world, &link, "demo_cafe").await;
    let accounts = world.accounts(&client).await;
    let second = accounts.iter().find(|it| it["handle"] == "demo_cafe").unwrap()["id"].as_str().unwrap().to_owned();
    (client, first, second)
}

#[tokio::test]
async fn an_override_replaces_the_text() {
    let world = World::new().await;
    let (client, first, second) = two(&world).await;
    let overrides = json!({ &second: { "content": "For the café" } });
    let body = json!({ "targets": { "mode": "all" }, "overrides": overrides });
    let post = ask_post(&world, &client, &first, body).await.data();
    assert_eq!(post["overrides"], overrides, "echoed");
    settle(&world).await;
    assert_eq!(world.feed("demo_shop").await, ["Hello"]);
    assert_eq!(world.feed("demo_cafe").await, ["For the café"]);
    assert_eq!(world.read(&post).await["overrides"], overrides);
}

#[tokio::test]
async fn an_override_replaces_the_media() {
    let world = World::new().await;
    let (client, account) = connected(&world, "instagram", "demo_shop").await;
    let image = |answer: &[Value]| answer[0]["media"].clone();
    let own = json!({ &account: { "media": [{ "url": sample("square.jpg") }] } });
    let body = json!({ "media": [{ "url": sample("photo.jpg") }], "overrides": own });
    assert_eq!(ask_post(&world, &client, &account, body).await.status, 201);
    settle(&world).await;
    let with_own = image(&feed(&world, "instagram", "demo_shop").await);
    assert!(with_own.to_string().contains("square.jpg"), "{with_own}");
    assert!(!with_own.to_string().contains("photo.jpg"), "{with_own}");
}

#[tokio::test]
async fn an_override_is_checked_by_its_platforms_rules() {
    let world = World::new().await;
    let (client, first, second) = two(&world).await;
    let ask = async |overrides: Value| ask_post(&world, &client, &first, json!({ "overrides": overrides })).await;
    assert_eq!(
        faulty_paths(&ask(json!({ &first: { "content": "a".repeat(281) } })).await),
        [format!("overrides.{first}")]
    );
    assert_eq!(faulty_paths(&ask(json!({ &second: { "content": "Hm" } })).await), [format!("overrides.{second}")]);
    let strange = json!({ "nobody": {}, &first: { "text": "Hm", "content": 1, "media": [{}] } });
    let expected = ["overrides.nobody".to_owned()]
        .into_iter()
        .chain(["content", "media[0].url", "text"].map(|field| format!("overrides.{first}.{field}")));
    assert_eq!(faulty_paths(&ask(strange).await), expected.collect::<Vec<_>>());
    assert_eq!(faulty_paths(&ask(json!([])).await), ["overrides"]);
    let many: Vec<_> = (0..35).map(|n| json!({ "url": sample(&format!("{n}.jpg")) })).collect();
    let too_many: serde_json::Map<_, _> =
        (0..3).map(|_| (shared::id::AccountId::random().to_string(), json!({ "media": many }))).collect();
    assert_eq!(
        faulty_paths(&ask(Value::Object(too_many)).await),
        ["overrides"],
        "media of too many overrides would have to be requested"
    );
}

#[tokio::test]
async fn an_overrides_media_must_be_public() {
    let world = World::new().await;
    let (client, account) = connected(&world, "instagram", "demo_shop").await;
    let media = |url: &str| json!([{ "url": url }]);
    let private = json!({ &account: { "media": media("https://10.0.0.1/photo.jpg") } });
    let body = json!({ "media": media(&sample("photo.jpg")), "overrides": private });
    let answer = ask_post(&world, &client, &account, body).await;
    assert_eq!(faulty_paths(&answer), [format!("overrides.{account}.media[0].url")]);
}

#[tokio::test]
async fn an_edit_replaces_all_overrides() {
    let world = World::new().await;
    let (client, first, second) = two(&world).await;
    let body = json!({
        "targets": { "mode": "all" }, "overrides": { &second: { "content": "Two" } }, "schedule": { "type": "draft" },
    });
    let post = ask_post(&world, &client, &first, body).await.data();
    let kept = edit(&world, &post, json!({ "content": "All" })).await.data();
    assert_eq!(kept["overrides"], post["overrides"]);
    let fewer = json!({ "targets": { "mode": "selection", "accountIds": [first] } });
    assert_eq!(faulty_paths(&edit(&world, &post, fewer).await), [format!("overrides.{second}")]);
    let change = json!({ "overrides": { &first: { "content": "One" } }, "schedule": now() });
    assert_eq!(edit(&world, &post, change).await.status, 200);
    settle(&world).await;
    assert_eq!(
        (world.feed("demo_shop").await, world.feed("demo_cafe").await),
        (vec!["One".into()], vec!["All".into()])
    );
    let read = world.ask(Ask::get(&path(&post)).key(&world.key)).await.data();
    assert_eq!(read["overrides"], json!({ &first: { "content": "One" } }));
}
