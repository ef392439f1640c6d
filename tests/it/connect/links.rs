//! Links that are forged, unknown, expired or revoked.

use std::collections::BTreeMap;

use chrono::Duration;
use http::Method;
use serde_json::json;
use shared::{id::InviteId, secrets::LinkKeys, testing::Ask};

use super::{Deployed, headed, invite, tables};
use crate::world::{Browser, SECRET, World};

const UNKNOWN: (u16, &str) = (404, "This link is not known");
const EXPIRED: (u16, &str) = (410, "This link has expired");
const REVOKED: (u16, &str) = (410, "This link was withdrawn");

#[tokio::test]
async fn a_forged_link_is_refused_without_a_read() {
    let world = World::new().await;
    let link = world.link(&world.client("A").await, &["x"]).await;
    let token = link.trim_start_matches("/invite/");
    let mut forged: Vec<String> = (0..token.len())
        .map(|at| {
            let other = if token[at..].starts_with('0') { "1" } else { "0" };
            format!("{}{other}{}", &token[..at], &token[at + 1..])
        })
        .collect();
    let other = LinkKeys::parse(r#"{"1":"the secret of another deployment altogether"}"#).unwrap();
    forged.push(other.token(1, invite(&link)).unwrap().expose().to_owned());
    let id = invite(&link).to_string();
    forged.extend([token.to_uppercase(), format!("{token}0"), token[4..].into(), "inv_".into(), "x".repeat(9000), id]);
    let _ = world.engine.calls();
    for token in &forged {
        let page = world.ask(Ask::get(&format!("/invite/{token}"))).await;
        assert_eq!(headed(&page), UNKNOWN, "{token}");
        let press = Ask::new(Method::POST, &format!("/invite/{token}/x")).header("sec-fetch-site", "same-origin");
        assert_eq!(headed(&world.ask(press).await), UNKNOWN, "{token}");
    }
    assert_eq!(world.engine.calls(), BTreeMap::new());
    assert!(world.network.seen().is_empty());
}

#[tokio::test]
async fn a_valid_token_without_an_invite_is_unknown() {
    let world = World::new().await;
    let token = LinkKeys::parse(SECRET).unwrap().token(1, InviteId::random()).unwrap();
    let page = Browser::default().get(&world, &format!("/invite/{}", token.expose())).await;
    assert_eq!(headed(&page), UNKNOWN);
}

#[tokio::test]
async fn a_link_works_until_its_expiry_and_reports_it_for_a_week() {
    let world = World::new().await;
    let client = world.client("A").await;
    let path = format!("/v1/clients/{client}/connect-invites");
    let body = json!({ "platforms": ["x"], "expiresInHours": 1 });
    let minted = world.ask(Ask::post(&path, &body).key(&world.key)).await.data();
    let link = minted["url"].as_str().unwrap().replace(crate::world::URL, "");
    let mut browser = Browser::default();
    let callback = browser.authorize_x(&world, &link, "demo_shop").await;
    world.clock.advance(Duration::hours(1) - Duration::seconds(1));
    assert_eq!(browser.get(&world, &link).await.status, 200);

    world.clock.advance(Duration::seconds(1));
    let (before, _) = (tables(&world).await, world.network.seen());
    assert_eq!(headed(&browser.get(&world, &link).await), EXPIRED);
    assert_eq!(headed(&browser.press(&world, &format!("{link}/x"), "").await), EXPIRED);
    assert_eq!(headed(&browser.get(&world, &callback).await), EXPIRED);
    assert!(world.network.seen().is_empty());
    assert_eq!(tables(&world).await, before);

    // The item's time to live is a week after the link's expiry.
    let item = world.engine.item(&format!("INVITE#{}", invite(&link)), "INVITE").await;
    let number = |name: &str| item[name].as_n().unwrap().parse::<i64>().unwrap();
    assert_eq!(number("ttl") - number("expires_at"), Duration::days(7).num_seconds());
    world.clock.advance(Duration::days(7) - Duration::seconds(1));
    assert_eq!(headed(&browser.get(&world, &link).await), EXPIRED);
}

#[tokio::test]
async fn a_revoked_link_opens_nothing() {
    let world = World::new().await;
    let client = world.client("A").await;
    let link = world.link(&client, &["x"]).await;
    let mut browser = Browser::default();
    let callback = browser.authorize_x(&world, &link, "demo_shop").await;
    world.store.revoke_invite(invite(&link)).await.unwrap();
    let (before, _) = (tables(&world).await, world.network.seen());
    assert_eq!(headed(&browser.get(&world, &link).await), REVOKED);
    assert_eq!(headed(&browser.press(&world, &format!("{link}/x"), "").await), REVOKED);
    assert_eq!(headed(&browser.get(&world, &callback).await), REVOKED);
    assert!(world.network.seen().is_empty(), "the code is not exchanged");
    assert_eq!(tables(&world).await, before);
    assert!(world.accounts(&client).await.is_empty());
}

#[tokio::test]
async fn a_link_ends_when_its_version_of_the_secret_is_removed() {
    let world = World::new().await;
    let link = world.link(&world.client("A").await, &["x"]).await;
    let both = r#"{"1":"a secret of a test, long enough to be one","2":"the one that came with a rotation"}"#;
    let rotated = Deployed::new(&world, both, |_| {});
    let page = rotated.ask(Ask::get(&link)).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains(&format!("action=\"{link}/x\"")),
        "the page keeps the link's token and makes none with the new secret"
    );
    let retired = Deployed::new(&world, r#"{"2":"the one that came with a rotation"}"#, |_| {});
    assert_eq!(headed(&retired.ask(Ask::get(&link)).await), EXPIRED);
}
