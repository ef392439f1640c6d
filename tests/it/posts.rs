//! What an agency does with a post that stands: list, edit, validate, cancel, retry and resolve it, against a worker that is publishing it.

mod cancel;
mod edit;
mod list;
mod overrides;
mod race;
mod resolve;
mod retry;
mod rivals;
mod stop;
mod validate;
mod wall_clock;
mod withdraw;

use http::Method;
use serde_json::Value;
use shared::testing::{Answer, Ask};

use crate::world::World;

/// The path of a post.
fn path(post: &Value) -> String {
    format!("/v1/posts/{}", post["id"].as_str().unwrap())
}

async fn cancel(world: &World, post: &Value) -> Answer {
    world.ask(Ask::new(Method::DELETE, &path(post)).key(&world.key)).await
}

async fn edit(world: &World, post: &Value, change: Value) -> Answer {
    let ask = Ask::new(Method::PATCH, &path(post)).header("content-type", "application/json");
    world.ask(ask.body(change.to_string()).key(&world.key)).await
}

async fn retry(world: &World, post: &Value, key: &str) -> Answer {
    let at = format!("{}/retry", path(post));
    world.ask(Ask::post(&at, &serde_json::json!({})).idempotency_key(key).key(&world.key)).await
}

/// What is said of each target.
fn statuses(post: &Value) -> Vec<&str> {
    post["targets"].as_array().unwrap().iter().map(|target| target["status"].as_str().unwrap()).collect()
}
