//! The agency's settings: who may read and change them, and that they are per agency and mode.

mod changes;
mod faults;
mod logo;

use data_encoding::BASE64;
use http::Method;
use serde_json::{Value, json};
use shared::{id::AgencyId, store::Limits, tenant::Mode, testing::Ask};

use crate::world::World;

/// A complete PNG of one pixel, in base64.
pub(crate) const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/// The header and end of a JPEG of 7 by 5 pixels.
pub(crate) const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x0b\x08\0\x05\0\x07\x01\x01\x11\0\xff\xd9";

pub(crate) fn png() -> String {
    format!("data:image/png;base64,{PNG}")
}

pub(crate) fn jpeg() -> String {
    format!("data:image/jpeg;base64,{}", BASE64.encode(JPEG))
}

/// A PATCH of the agency, without an idempotency key.
pub(crate) fn patch(body: &Value) -> Ask {
    Ask::new(Method::PATCH, "/v1/agency").header("content-type", "application/json").body(body.to_string())
}

/// Changes the agency of a key, and returns the agency of the answer.
pub(crate) async fn change(world: &World, key: &str, body: Value) -> Value {
    let answer = world.ask(patch(&body).key(key)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.data()
}

/// Reads the agency of a key.
pub(crate) async fn agency(world: &World, key: &str) -> Value {
    let answer = world.ask(Ask::get("/v1/agency").key(key)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.data()
}

/// A body that sets every field.
fn all() -> Value {
    json!({
        "name": "Autoloom", "color": "#0b5fd9", "logo": png(),
        "returnUrls": ["https://app.example.com/connected", "https://app.example.com:8443/?from=link"],
    })
}

#[tokio::test]
async fn an_unchanged_agency_has_its_name_and_limits() {
    let world = World::new().await;
    assert_eq!(
        agency(&world, &world.key).await,
        json!({
            "object": "agency", "id": world.agency, "mode": "live", "name": "Acme Agency", "color": null, "logo": null,
            "returnUrls": [], "tokensNotBefore": null,
            "limits": { "readsPerHour": 100_000, "writesPerHour": 100_000 },
        })
    );
}

#[tokio::test]
async fn every_valid_key_reads_the_agency_and_only_agency_manage_changes_it() {
    let world = World::new().await;
    let limits = Limits { reads: 5, writes: 5 };
    let with = async |scopes: Vec<shared::scope::Scope>| {
        world.agency_with(AgencyId::random(), Mode::Live, limits, |record| record.scopes = scopes).await
    };
    let powerless = with(Vec::new()).await;
    assert_eq!(agency(&world, &powerless).await["name"], "Acme Agency");
    let refused = world.ask(patch(&json!({ "name": "Mine" })).key(&powerless)).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "insufficient_scope"));
    assert!(refused.text.contains("agency.manage"), "{}", refused.text);
    assert_eq!(agency(&world, &powerless).await["name"], "Acme Agency");

    let manager = with(vec![shared::scope::Scope::AgencyManage]).await;
    assert_eq!(change(&world, &manager, json!({ "name": "Mine" })).await["name"], "Mine");

    for ask in [Ask::get("/v1/agency"), patch(&json!({}))] {
        assert_eq!(world.ask(ask).await.status, 401, "without a key");
    }
    world.revoke(&world.key).await;
    for ask in [Ask::get("/v1/agency"), patch(&json!({}))] {
        assert_eq!(world.ask(ask.key(&world.key)).await.status, 401, "with a revoked key");
    }
    let expired = world.agency_with(AgencyId::random(), Mode::Live, limits, |record| record.expires_at = 1).await;
    assert_eq!(world.ask(Ask::get("/v1/agency").key(&expired)).await.status, 401);
}

#[tokio::test]
async fn a_client_bound_key_reads_the_agency_and_cannot_change_it() {
    let world = World::new().await;
    let client = world.client("A").await;
    let bound = world.bound_key(Mode::Live, client.parse().unwrap()).await;
    let before = agency(&world, &bound).await;
    assert_eq!(before, agency(&world, &world.key).await);
    let refused = world.ask(patch(&json!({ "name": "Mine", "color": "#000000" })).key(&bound)).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "insufficient_scope"));
    // The key has every scope: what it lacks is not one.
    assert_eq!(refused.json()["remediation"], "Use a credential that is not bound to a client.");
    assert_eq!(agency(&world, &world.key).await, before);
}

#[tokio::test]
async fn reading_counts_as_a_read_and_changing_as_a_write() {
    let world = World::new().await;
    let limits = Limits { reads: 3, writes: 2 };
    let key = world.agency_with(AgencyId::random(), Mode::Live, limits, |_| {}).await;
    let read = async || world.ask(Ask::get("/v1/agency").key(&key)).await;
    let write = async || world.ask(patch(&json!({ "color": "#000000" })).key(&key)).await;
    assert_eq!(read().await.header("ratelimit-remaining"), Some("2"));
    assert_eq!(write().await.header("ratelimit-remaining"), Some("1"));
    assert_eq!(write().await.header("ratelimit-remaining"), Some("0"));
    let over = write().await;
    assert_eq!((over.status.as_u16(), over.code().as_str()), (429, "rate_limited"));
    assert_eq!(over.json()["detail"], "All 2 writes of this hour are used.");
    let answer = read().await;
    assert_eq!(answer.header("ratelimit-remaining"), Some("1"), "reads and writes are counted separately");
    assert_eq!(answer.data()["limits"], json!({ "readsPerHour": 3, "writesPerHour": 2 }));
    read().await;
    assert_eq!(read().await.json()["detail"], "All 3 reads of this hour are used.");
}

#[tokio::test]
async fn settings_are_separate_per_mode_and_agency() {
    let world = World::new().await;
    let others = [world.agency(world.agency, Mode::Test).await, world.agency(AgencyId::random(), Mode::Live).await];
    let before = [agency(&world, &others[0]).await, agency(&world, &others[1]).await];
    assert_eq!((&before[0]["mode"], &before[0]["id"]), (&json!("test"), &json!(world.agency)));
    let changed = change(&world, &world.key, all()).await;
    for (key, before) in others.iter().zip(before) {
        assert_eq!(agency(&world, key).await, before);
        change(&world, key, json!({ "name": "Other", "color": "#ffffff", "logo": jpeg(), "returnUrls": null })).await;
    }
    assert_eq!(agency(&world, &world.key).await, changed);
}

#[tokio::test]
async fn settings_are_stored_outside_the_gate_item() {
    let world = World::new().await;
    let gate = async || {
        let item = world.engine.item(&format!("T#{}.live", world.agency), "GATE").await;
        let mut names: Vec<_> = item.into_keys().collect();
        names.sort_unstable();
        names
    };
    let before = gate().await;
    change(&world, &world.key, all()).await;
    assert_eq!(gate().await, before, "every request of the agency writes the gate item, so it has to stay small");
    let settings = world.engine.item(&format!("T#{}.live", world.agency), "AGENCY").await;
    assert!(
        !format!("{settings:?}").contains("IHDR") && !settings.contains_key("bytes"),
        "every page reads the settings, so the logo's bytes are stored elsewhere"
    );
}
