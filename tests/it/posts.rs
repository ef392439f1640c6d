//! Listing, editing, validating, canceling, retrying and resolving posts, also while a worker publishes them.

mod cancel;
mod cancel_in_flight;
mod concurrent_edits;
mod edit;
mod list;
mod opening;
mod overrides;
mod paused_worker;
mod race;
mod resolve;
mod retry;
mod size;
mod validate;
mod wall_clock;

use http::Method;
use serde_json::Value;
use shared::testing::{Ask, TestResponse};

use crate::world::World;

/// The path of a post.
fn path(post: &Value) -> String {
    format!("/v1/posts/{}", post["id"].as_str().unwrap())
}

pub(crate) async fn cancel(world: &World, post: &Value) -> TestResponse {
    world.ask(Ask::new(Method::DELETE, &path(post)).key(&world.key)).await
}

pub(crate) async fn edit(world: &World, post: &Value, change: Value) -> TestResponse {
    let ask = Ask::new(Method::PATCH, &path(post)).header("content-type", "application/json");
    world.ask(ask.body(change.to_string()).key(&world.key)).await
}

pub(crate) async fn retry(world: &World, post: &Value, key: &str) -> TestResponse {
    let at = format!("{}/retry", path(post));
    world.ask(Ask::post(&at, &serde_json::json!({})).idempotency_key(key).key(&world.key)).await
}

/// The status of each target.
fn statuses(post: &Value) -> Vec<&str> {
    post["targets"].as_array().unwrap().iter().map(|target| target["status"].as_str().unwrap()).collect()
}

/// The paths of the faults in a refusal.
pub(crate) fn faulty_paths(answer: &TestResponse) -> Vec<String> {
    assert_eq!(answer.status, 422, "{}", answer.text);
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    errors.iter().map(|error| error["path"].as_str().unwrap().to_owned()).collect()
}
