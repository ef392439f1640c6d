//! Boundary values of times.

use chrono::Duration;
use http::Method;
use serde_json::{Value, json};
use shared::testing::Ask;

use super::check;
use crate::world::World;

const AT: &[&str] = &["schedule.scheduledAt"];
const ZONE: &[&str] = &["schedule.timezone"];
const BOTH: &[&str] = &["schedule.timezone", "schedule.scheduledAt"];

fn at(at: &str) -> Value {
    json!({ "schedule": { "type": "at", "scheduledAt": at } })
}

/// A schedule at a local time in a zone.
fn shown(at: &str, zone: impl Into<Value>) -> Value {
    json!({ "schedule": { "type": "at", "scheduledAt": at, "timezone": zone.into() } })
}

/// A world, a draft in it, and the body that creates one.
async fn draft() -> (World, Value, Value) {
    let world = World::new().await;
    let (client, account) = world.connected("busy_shop").await;
    let base = json!({
        "clientId": client, "content": "Hello", "schedule": { "type": "draft" },
        "targets": { "mode": "selection", "accountIds": [account] },
    });
    let draft = world.post(&client, &[&account], "Hello", base["schedule"].clone()).await;
    (world, draft, base)
}

#[tokio::test]
async fn times_of_posts_have_exact_limits() {
    let (world, _, base) = draft().await;
    let last = |before: Value| json!({ "publishBefore": before, "schedule": { "type": "now" } });
    let rows: &[(Value, &[&str])] = &[
        (at("2026-07-01T12:00:00Z"), &[]),
        (at("2026-07-01T11:59:59.999Z"), AT),
        (at("2026-07-01T12:00:01Z"), &[]),
        (at("2027-07-01T12:00:00Z"), &[]),
        (at("2027-07-01T12:00:00.001Z"), AT),
        (at("2026-07-01T14:00:00+02:00"), &[]),
        (at("2026-07-01T13:59:59+02:00"), AT),
        (at("2026-07-02T00:00:00-00:00"), &[]),
        (at("2026-07-02t00:00:00z"), &[]),
        (at("2026-12-31T23:59:60Z"), &[]),
        (at("2026-07-02T00:00:00"), AT),
        (at("2026-07-02"), AT),
        (at("2026-02-30T00:00:00Z"), AT),
        (at("2026-07-02T24:00:00Z"), AT),
        (at("1782907200"), AT),
        (json!({ "schedule": { "type": "now", "scheduledAt": "2026-07-02T00:00:00Z" } }), AT),
        (last(json!(world.now())), &["publishBefore"]),
        (last(json!(world.now() + Duration::seconds(1))), &[]),
        // Answers are in RFC 3339, whose years have four digits.
        (last(json!("9999-12-31T23:59:59.999Z")), &[]),
        (last(json!("9999-12-31T23:59:59-23:59")), &["publishBefore"]),
    ];
    check(&world, Method::POST, "/v1/posts", base.clone(), rows).await;
    // A leap second is read as the second that follows it.
    let leap = at("2026-12-31T23:59:60Z")["schedule"].clone();
    let (client, account) = (base["clientId"].as_str().unwrap(), &base["targets"]["accountIds"][0]);
    let post = world.post(client, &[account.as_str().unwrap()], "Leap", leap).await;
    assert_eq!(post["schedule"]["scheduledAt"], "2027-01-01T00:00:00Z");
}

/// A local time needs a zone, and a zone needs a local time: a missing one is reported.
#[tokio::test]
async fn a_time_without_an_offset_needs_a_zone() {
    let (world, _, mut base) = draft().await;
    for (time, message) in [
        ("2026-07-02T00:00:00", "has no offset: add one, or add a timezone"),
        ("tomorrow", "must be an RFC 3339 time with an offset, as in 2026-07-08T15:00:00Z"),
    ] {
        base["schedule"] = at(time)["schedule"].clone();
        let refused = world.ask(Ask::post("/v1/posts", &base).key(&world.key)).await.json();
        assert_eq!(refused["errors"], json!([{ "path": "schedule.scheduledAt", "message": message }]));
    }
}

#[tokio::test]
async fn local_times_have_exact_limits() {
    let (world, draft, base) = draft().await;
    let rows: &[(Value, &[&str])] = &[
        (shown("2026-07-02T00:00:00", "Europe/Berlin"), &[]),
        (shown("2026-07-02T00:00", "Europe/Berlin"), &[]),
        (shown("2026-07-02T00:00:00.123456789", "Europe/Berlin"), &[]),
        (shown("2026-07-01T14:00:00", "Europe/Berlin"), &[]),
        (shown("2026-07-01T13:59:59", "Europe/Berlin"), AT),
        (shown("2026-07-02T00:00:00Z", "Europe/Berlin"), AT),
        (shown("2026-07-02T00:00:00.1234567890", "Europe/Berlin"), AT),
        (shown("2026-07-02T00:00:00.", "Europe/Berlin"), AT),
        (shown("2026-07-02T00:00.5", "Europe/Berlin"), AT),
        (shown("2026-12-31T23:59:60", "Europe/Berlin"), AT),
        (shown("2026-07-02T24:00:00", "Europe/Berlin"), AT),
        (shown("2026-02-30T00:00:00", "Europe/Berlin"), AT),
        (shown("2026-7-2T0:0:0", "Europe/Berlin"), AT),
        (shown("", "Europe/Berlin"), AT),
        // The last representable time, from which the zone's offset cannot be subtracted.
        (shown("9999-12-31T23:59:59", "America/New_York"), AT),
        (shown("0000-01-01T00:00:00", "Asia/Tokyo"), AT),
        (shown("+2026-07-02T0:00:00", "Europe/Berlin"), AT),
        (shown("+262142-12-31T23:59:59", "America/New_York"), AT),
        (shown("-262143-01-01T00:00:00", "Asia/Tokyo"), AT),
    ];
    check(&world, Method::POST, "/v1/posts", base.clone(), rows).await;
    check(&world, Method::POST, "/v1/posts/validate", base, rows).await;
    let draft = format!("/v1/posts/{}", draft["id"].as_str().unwrap());
    check(&world, Method::PATCH, &draft, json!({}), rows).await;
}

/// Only the faulty field is reported, not a valid one beside it.
#[tokio::test]
async fn a_valid_time_beside_a_faulty_field_is_not_reported() {
    let (world, _, base) = draft().await;
    let schedule = |schedule: Value| json!({ "schedule": schedule });
    let rows: &[(Value, &[&str])] = &[
        (shown("2026-07-02T00:00:00", "Berlin"), ZONE),
        (shown("2026-07-02T00:00:00", 1), ZONE),
        (shown("2026-07-02T00:00:00", Value::Null), ZONE),
        // The time is ambiguous in Berlin, but the zone is unknown, so only the zone is reported.
        (shown("2026-10-25T02:30:00", "Berlin"), ZONE),
        (shown("2026-07-02T00:00:00Z", "Berlin"), BOTH),
        (shown("tomorrow", "Berlin"), BOTH),
        (schedule(json!({ "type": "at", "timezone": "Berlin" })), BOTH),
        (schedule(json!({ "scheduledAt": "2026-07-02T00:00:00Z" })), &["schedule.type"]),
        (schedule(json!({ "type": "later", "scheduledAt": "2026-07-02T00:00:00Z" })), &["schedule.type"]),
        (schedule(json!({ "type": 1, "scheduledAt": "2026-07-02T00:00", "timezone": "UTC" })), &["schedule.type"]),
        (schedule(json!({ "scheduledAt": "tomorrow" })), &["schedule.type", "schedule.scheduledAt"]),
        (schedule(json!({ "timezone": "Berlin", "a": 1 })), &["schedule.type", "schedule.timezone", "schedule.a"]),
    ];
    check(&world, Method::POST, "/v1/posts", base, rows).await;
}

#[tokio::test]
async fn times_of_agencies_have_exact_limits() {
    let world = World::new().await;
    let before = |at: &str| json!({ "tokensNotBefore": at });
    let rows: &[(Value, &[&str])] = &[
        (before("0000-01-01T00:00:00+00:01"), &["tokensNotBefore"]),
        (before("0000-01-01T00:00:00Z"), &[]),
        (before("2026-07-01T12:00:00Z"), &[]),
        (before("2026-07-01T12:00:00.001Z"), &["tokensNotBefore"]),
    ];
    check(&world, Method::PATCH, "/v1/agency", json!({}), rows).await;
}
