//! Local times with a time zone.

use serde_json::{Value, json};

use super::edit;
use crate::{
    media::faults,
    publish::{ask_post, next_due},
    world::World,
};

fn at(local: &str, zone: &str) -> Value {
    json!({ "schedule": { "type": "at", "scheduledAt": local, "timezone": zone } })
}

#[tokio::test]
async fn a_local_time_is_answered_as_utc() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    for local in ["2026-07-08T15:00:00", "2026-07-08T15:00", "2026-07-08T15:00:00.000"] {
        let post = ask_post(&world, &client, &account, at(local, "Europe/Berlin")).await.data();
        assert_eq!(post["schedule"], json!({ "type": "at", "scheduledAt": "2026-07-08T13:00:00Z" }), "{local}");
    }
    assert_eq!(next_due(&world).await, Some("2026-07-08T13:00:00Z".parse().unwrap()));
    let post = ask_post(&world, &client, &account, at("2026-07-08T15:00:00", "America/New_York")).await.data();
    let moved = edit(&world, &post, at("2026-07-09T15:00:00", "Asia/Kolkata")).await.data();
    assert_eq!(moved["schedule"]["scheduledAt"], "2026-07-09T09:30:00Z");
}

#[tokio::test]
async fn an_ambiguous_or_nonexistent_time_is_refused_with_both_interpretations() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    for (local, readings) in [
        ("2026-10-25T02:30:00", ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]),
        ("2027-03-28T02:30:00", ["2027-03-28T02:30:00+01:00", "2027-03-28T02:30:00+02:00"]),
    ] {
        let refused = ask_post(&world, &client, &account, at(local, "Europe/Berlin")).await;
        let [(path, message)] = &faults(&refused)[..] else { panic!("{}", refused.text) };
        assert_eq!(path, "schedule.scheduledAt");
        for reading in readings {
            assert!(message.contains(reading), "{message}");
            let schedule = json!({ "schedule": { "type": "at", "scheduledAt": reading } });
            assert_eq!(
                ask_post(&world, &client, &account, schedule).await.status,
                201,
                "an offered interpretation is accepted"
            );
        }
    }
}

#[tokio::test]
async fn a_time_needs_either_an_offset_or_a_zone() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    for (schedule, path) in [
        (at("2026-07-08T15:00:00Z", "Europe/Berlin"), "schedule.scheduledAt"),
        (at("tomorrow", "Europe/Berlin"), "schedule.scheduledAt"),
        (at("2026-07-08T15:00:00Z", "Middle/Earth"), "schedule.timezone"),
        (json!({ "schedule": { "type": "at", "scheduledAt": "2026-07-08T15:00:00" } }), "schedule.scheduledAt"),
        (json!({ "schedule": { "type": "at", "timezone": "Europe/Berlin" } }), "schedule.scheduledAt"),
        (json!({ "schedule": { "type": "now", "timezone": "Europe/Berlin" } }), "schedule.timezone"),
    ] {
        let refused = ask_post(&world, &client, &account, schedule.clone()).await;
        assert_eq!(faults(&refused)[0].0, path, "{schedule}");
    }
}
