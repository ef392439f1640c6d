//! The four steps: create a client, mint a link, the customer connects, post.

use serde_json::json;
use shared::testing::Ask;

use crate::world::{Browser, World};

#[tokio::test]
async fn a_customer_connects_and_a_scheduled_post_goes_out_on_time() {
    let world = World::new().await;
    let client = world.client("Autoloom Detailing").await;
    let link = world.link(&client, &["x"]).await;

    let mut browser = Browser::default();
    let before = browser.get(&world, &link).await;
    assert!(before.text.contains("Connect X") && !before.text.contains("✓"), "{}", before.text);
    let after = browser.connect_x(&world, &link, "demo_shop").await;
    assert!(after.text.contains("✓") && after.text.contains("demo_shop"), "{}", after.text);
    assert!(browser.cookies.is_empty(), "the attempt's cookie is cleared");

    let accounts = world.accounts(&client).await;
    assert_eq!(accounts[0]["platform"], "x");
    assert_eq!(accounts[0]["status"], "connected");
    assert_eq!(accounts[0]["handle"], "demo_shop");

    let at = world.now() + chrono::Duration::minutes(2);
    let account = accounts[0]["id"].as_str().unwrap();
    let schedule = json!({ "type": "at", "scheduledAt": at });
    let post = world.post(&client, &[account], "New drop is live 🚗", schedule).await;
    assert_eq!(post["status"], "scheduled");
    world.pass(chrono::Duration::minutes(2) - chrono::Duration::milliseconds(1)).await;
    assert!(world.feed("demo_shop").await.is_empty(), "not published before it is due");
    world.pass(chrono::Duration::seconds(1)).await;
    assert_eq!(world.feed("demo_shop").await, ["New drop is live 🚗"]);

    let target = world.target(&post).await;
    assert_eq!(target["status"], "published", "{target}");
    let url = target["url"].as_str().unwrap();
    assert!(url.contains(target["platformPostId"].as_str().unwrap()), "{url}");
    assert_eq!(world.read(&post).await["status"], "published");
}

#[tokio::test]
async fn the_url_of_a_start_redirects_to_the_links_page() {
    let world = World::new().await;
    let client = world.client("Autoloom Detailing").await;
    let link = world.link(&client, &["x"]).await;
    let reloaded = world.ask(Ask::get(&format!("{link}/x"))).await;
    assert_eq!((reloaded.status.as_u16(), reloaded.header("location")), (303, Some(link.as_str())));
    let forged = world.ask(Ask::get("/invite/..%2F..%2F%2Fevil.example/x")).await;
    assert_eq!((forged.status.as_u16(), forged.header("location")), (404, None));
}

#[tokio::test]
async fn answers_have_an_envelope_a_correlation_id_and_limits() {
    let world = World::new().await;
    let ask = Ask::post("/v1/clients", &json!({ "name": "A" })).key(&world.key).header("x-correlation-id", "mine-1");
    let answer = world.ask(ask).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json()["meta"]["correlationId"], "mine-1");
    assert_eq!(answer.header("x-correlation-id"), Some("mine-1"));
    assert_eq!(answer.header("ratelimit-limit"), Some("100000"));
    assert_eq!(answer.header("ratelimit-remaining"), Some("99999"));
    assert_eq!(answer.header("ratelimit-reset"), Some("3600"));
    let odd = world.ask(Ask::get("/v1/clients/x").key(&world.key).header("x-correlation-id", "no spaces")).await;
    assert!(odd.header("x-correlation-id").unwrap().starts_with("c-"));
}
