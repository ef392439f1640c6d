//! `POST /v1/posts/{postId}/retry`, without a body or with `{}`: retries a post's failed targets at once. Returns the
//! accounts of these targets.
//!
//! Safe to repeat: the post remembers the idempotency keys of the last ten such requests.
//!
//! Errors: 400, 401, 403, 404, 409 (no target has failed, or `publishBefore` has passed), 413, 415, 422, 429.

use chrono::{DateTime, Utc};
use http::StatusCode;
use publishing::{Event, Status, Target};
use schemars::JsonSchema;
use serde_json::{Value, json};
use shared::{
    api::{self, Code, Error, Fields, Request, Response, contract::Operation, idempotency::Identity, object, request},
    clock::Clock,
    deps,
    id::PostId,
    post::{Post, TargetName},
    queue::Queue,
    scope::Scope,
    store::{ActionOutcome, Gate, Store},
};

deps! {
    pub struct Deps {
        pub gate: Gate,
        pub store: Store,
        pub queue: Queue,
        pub clock: Clock,
    }
}

/// The request body, which is empty.
#[derive(JsonSchema)]
#[schemars(rename = "Nothing")]
struct Nothing {}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::post("/v1/posts/{postId}/retry", "retryPost", "Posts", "Retry a post's failed targets")
        .describe(
            "Retries the failed targets at once. The post stores the idempotency keys of the last ten such requests.",
        )
        .scope(Scope::PostsCompose)
        .path::<PostId>("postId", "The post's id.")
        .optional_body::<Nothing>()
        .one::<object::Retry>(StatusCode::OK, "The accounts of the retried targets.")
        .idempotent()
        .error(Code::NotFound)
        .error(Code::StateConflict)
}

/// # Errors
/// 400, 401, 403, 404, 409, 413, 415, 422, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let read = |tenant, id| deps.store.find_current_post(tenant, id);
    let (caller, found) = api::look_up(&deps.gate, &request, Scope::PostsCompose, now, read).await?;

    let body = body(&request)?;
    let identity = Identity::of(&request, &caller, &body)?;
    let current = found.require()?;
    let post = current.post.id;
    let once = (identity.mark(), identity.origin);
    let names: Vec<_> = current.post.targets.iter().map(TargetName::of).collect();
    let done =
        deps.store.act_on_targets(caller.tenant, current, caller.at(now), once, |post| decide(post, now)).await?;
    let (action, replayed) = match done {
        ActionOutcome::Now(action) => (action, false),
        ActionOutcome::Before(action) => (action, true),
        ActionOutcome::KeyReused => return Err(Error::key_reused()),
    };
    if !replayed {
        let retried = names.into_iter().filter(|name| action.accounts.contains(&name.account));
        deps.queue.announce_targets(caller.tenant, post, retried).await;
    }
    Ok(Response::one(StatusCode::OK, object::retry(post, &action)).replayed(replayed))
}

/// A missing body counts as `{}`.
fn body(request: &Request) -> Result<Value, Error> {
    let body = if request.body().is_empty() { json!({}) } else { request::json(request)? };
    Fields::of(body.clone())?.done()?;
    Ok(body)
}

/// The failed targets, scheduled again.
fn decide(post: &Post, now: DateTime<Utc>) -> Result<Vec<Target>, Error> {
    let retried = post.after(|target| target.status() == Status::Failed, || Event::Retry, now);
    if retried.is_empty() {
        return Err(Error::conflict(
            "No target has failed. An unconfirmed target has to be resolved first; other targets are still being published \
             or are finished.",
        ));
    }
    if post.publish_before.is_some_and(|before| before <= now) {
        return Err(Error::conflict("The post's publishBefore has passed. Create a new post."));
    }
    Ok(retried)
}
