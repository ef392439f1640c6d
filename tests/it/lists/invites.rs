//! The list of a client's connect invites, and reading an invite with its link.

use chrono::Duration;
use serde_json::json;
use shared::testing::Ask;

use super::{delete, get, minted, page, pages};
use crate::world::{Browser, URL, World};

fn list(client: &str) -> String {
    format!("/v1/clients/{client}/connect-invites")
}

fn one(invite: &str) -> String {
    format!("/v1/connect-invites/{invite}")
}

#[tokio::test]
async fn invites_are_listed_newest_first_and_without_their_links() {
    let world = World::new().await;
    let (client, other) = (world.client("A").await, world.client("B").await);
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(minted(&world, &client, &["x"]).await.0);
        minted(&world, &other, &["x"]).await;
        world.clock.advance(Duration::seconds(1));
    }
    ids.reverse();
    assert_eq!(pages(&world, &list(&client), 2, "inviteId").await, [ids[..2].to_vec(), ids[2..].to_vec()]);
    let text = get(&world, &list(&client)).await.text;
    assert!(!text.contains("inv_") && !text.contains("\"url\"") && !text.contains("token"), "{text}");
}

#[tokio::test]
async fn an_invite_is_read_with_its_working_link() {
    let world = World::new().await;
    let client = world.client("A").await;
    let returns = json!({ "returnUrls": ["https://app.example.com/"] });
    assert_eq!(world.ask(crate::agency::patch(&returns).key(&world.key)).await.status, 200);
    let body =
        json!({ "platforms": ["x", "tiktok"], "expiresInHours": 3, "returnUrl": "https://app.example.com/done" });
    let minted = world.ask(Ask::post(&list(&client), &body).key(&world.key)).await.data();
    let read = get(&world, &one(minted["inviteId"].as_str().unwrap())).await.data();
    for (name, value) in minted.as_object().unwrap() {
        assert_eq!(&read[name], value, "{name}");
    }
    let now = world.now().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
    assert_eq!(
        (&read["clientId"], &read["status"], &read["platformsConnected"], &read["createdAt"]),
        (&json!(client), &json!("open"), &json!([]), &json!(now))
    );
    let link = read["url"].as_str().unwrap().replace(URL, "");
    assert_eq!(Browser::default().get(&world, &link).await.status, 200);

    let mut listed = read;
    listed.as_object_mut().unwrap().retain(|name, _| name != "url" && name != "token");
    assert_eq!(get(&world, &list(&client)).await.data(), json!([listed]), "the list has everything but the link");
}

#[tokio::test]
async fn an_invite_has_its_current_status() {
    let world = World::new().await;
    let client = world.client("A").await;
    let (id, link) = minted(&world, &client, &["tiktok", "x"]).await;
    let said = async || {
        let read = get(&world, &one(&id)).await.data();
        let listed = page(&world, &world.key, &list(&client), "status").await.0;
        assert_eq!(json!(listed), json!([read["status"]]));
        (read["status"].as_str().unwrap().to_owned(), read["platformsConnected"].clone())
    };
    assert_eq!(said().await, ("open".into(), json!([])));
    Browser::default().connect_x(&world, &link, "demo_shop").await;
    assert_eq!(said().await, ("open".into(), json!(["x"])));
    Browser::default().connect(&world, &link, "tiktok", "demo_shop").await;
    assert_eq!(said().await, ("open".into(), json!(["tiktok", "x"])), "in the requested order");
    world.clock.advance(Duration::hours(48) - Duration::seconds(1));
    assert_eq!(said().await.0, "open");
    world.clock.advance(Duration::seconds(1));
    assert_eq!(said().await.0, "expired");
    assert_eq!(delete(&world, &world.key, &one(&id)).await.status, 200);
    assert_eq!(said().await, ("revoked".into(), json!(["tiktok", "x"])));
}

#[tokio::test]
async fn an_unknown_invite_or_client_is_not_found() {
    let world = World::new().await;
    for path in [list("cl_aaaaaaaaaaaaaaaaaaaaaaaaaa"), list("nobody"), one("ci_aaaaaaaaaaaaaaaaaaaaaaaaaa"), one("x")]
    {
        let missing = get(&world, &path).await;
        assert_eq!((missing.status.as_u16(), missing.code().as_str()), (404, "not_found"), "{path}");
    }
    let client = world.client("A").await;
    assert_eq!(get(&world, &list(&client)).await.data(), super::none());
}
