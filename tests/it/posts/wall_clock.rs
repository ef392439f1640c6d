//! Times as the clocks of a place show them.

use serde_json::{Value, json};
use shared::testing::Answer;

use super::edit;
use crate::{
    publish::{ask_post, next_due},
    world::World,
};

fn at(local: &str, zone: &str) -> Value {
    json!({ "schedule": { "type": "at", "scheduledAt": local, "timezone": zone } })
}

/// Paths and messages.
fn faults(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, 422, "{}", answer.text);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    errors.iter().map(|error| (text(&error["path"]), text(&error["message"]))).collect()
}

#[tokio::test]
async fn a_wall_clock_time_is_answered_as_the_moment_it_is() {
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
async fn a_time_that_exists_twice_or_never_is_offered_in_both_readings() {
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
            assert_eq!(ask_post(&world, &client, &account, schedule).await.status, 201, "as it was offered");
        }
    }
}

#[tokio::test]
async fn a_time_has_an_offset_or_a_zone() {
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
