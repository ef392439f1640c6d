//! The log of events: what each change of a post puts into it, and how it is read.

mod crash;
mod log;
mod told_again;

use chrono::Duration;
use serde_json::Value;
use shared::testing::Ask;

use crate::world::World;

/// A page of the log, as answered. The query begins with `?` or is empty.
async fn page(world: &World, query: &str) -> Value {
    let answer = world.ask(Ask::get(&format!("/v1/events{query}")).key(&world.key)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

/// All events so far, read after the lag of the log.
async fn events(world: &World) -> Vec<Value> {
    world.clock.advance(Duration::seconds(31));
    page(world, "?limit=100").await["data"].as_array().unwrap().clone()
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}
