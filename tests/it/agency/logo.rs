//! Serving the logo to a browser: only with an open link of the same agency, and only as an image.

use std::collections::BTreeMap;

use chrono::Duration;
use data_encoding::BASE64;
use http::Method;
use serde_json::json;
use shared::{
    id::{AgencyId, InviteId},
    secrets::LinkKeys,
    tenant::Mode,
    testing::{Ask, TestResponse},
};

use super::{JPEG, PNG, change, jpeg, png};
use crate::{
    connect::{invite, said},
    world::{Browser, SECRET, URL, World},
};

async fn logo(world: &World, link: &str) -> TestResponse {
    world.ask(Ask::get(&format!("{link}/logo"))).await
}

fn is_not_found(answer: &TestResponse) {
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "not_found"), "{}", answer.text);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_link_serves_its_agencys_logo_as_an_image_only() {
    let world = World::new().await;
    let link = world.link(&world.client("A").await, &["x"]).await;
    is_not_found(&logo(&world, &link).await);
    for (data, bytes, content_type) in
        [(png(), BASE64.decode(PNG.as_bytes()).unwrap(), "image/png"), (jpeg(), JPEG.to_vec(), "image/jpeg")]
    {
        change(&world, &world.key, json!({ "logo": data })).await;
        let _ = world.engine.calls();
        let answer = logo(&world, &link).await;
        assert_eq!(world.engine.calls(), BTreeMap::from([("GetItem".into(), 2)]), "the invite, then its agency's logo");
        assert_eq!((answer.status.as_u16(), &answer.bytes), (200, &bytes));
        for (name, value) in [
            ("content-type", content_type),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'"),
            ("cache-control", "private, max-age=300"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name}");
        }
        assert_eq!(answer.header("set-cookie"), None);
    }
    change(&world, &world.key, json!({ "logo": null })).await;
    is_not_found(&logo(&world, &link).await);
}

#[tokio::test]
async fn a_logo_is_served_only_with_an_open_link() {
    let world = World::new().await;
    change(&world, &world.key, json!({ "logo": png() })).await;
    let client = world.client("A").await;
    let (revoked, expires) = (world.link(&client, &["x"]).await, world.link(&client, &["x"]).await);
    assert_eq!(logo(&world, &revoked).await.status, 200);
    world.store.revoke_invite(invite(&revoked)).await.unwrap();
    is_not_found(&logo(&world, &revoked).await);
    world.clock.advance(Duration::hours(48) - Duration::seconds(1));
    assert_eq!(logo(&world, &expires).await.status, 200);
    world.clock.advance(Duration::seconds(1));
    is_not_found(&logo(&world, &expires).await);

    let unknown = LinkKeys::parse(SECRET).unwrap().token(1, InviteId::random()).unwrap();
    is_not_found(&logo(&world, &format!("/invite/{}", unknown.expose())).await);
    let _ = world.engine.calls();
    is_not_found(&logo(&world, &format!("{revoked}0")).await);
    assert!(world.engine.calls().is_empty(), "a forged link is refused without a read");
}

#[tokio::test]
async fn a_link_serves_the_logo_of_its_own_agency_and_mode() {
    let world = World::new().await;
    change(&world, &world.key, json!({ "logo": png() })).await;
    for key in [world.agency(world.agency, Mode::Test).await, world.agency(AgencyId::random(), Mode::Live).await] {
        let client = world.ask(Ask::post("/v1/clients", &json!({ "name": "A" })).key(&key)).await.data();
        let minted = world.link_with(&key, client["id"].as_str().unwrap(), &["x"]).await;
        let link = minted["url"].as_str().unwrap().replace(URL, "");
        is_not_found(&logo(&world, &link).await);
        change(&world, &key, json!({ "logo": jpeg() })).await;
        assert_eq!(logo(&world, &link).await.bytes, JPEG);
    }
    let own = world.link(&world.client("A").await, &["x"]).await;
    assert_eq!(logo(&world, &own).await.header("content-type"), Some("image/png"));
}

#[tokio::test]
async fn the_logo_path_accepts_only_get() {
    let world = World::new().await;
    change(&world, &world.key, json!({ "logo": png() })).await;
    let link = world.link(&world.client("A").await, &["x"]).await;
    let page = Browser::default().press(&world, &format!("{link}/logo"), "").await;
    assert_eq!(page.status, 404, "{}", page.text);
    assert_eq!(said(&page).0, 404);
    let put = Ask::new(Method::PUT, &format!("{link}/logo"));
    assert_eq!(world.ask(put).await.status, 405);
    assert_eq!(logo(&world, &link).await.status, 200);
}
