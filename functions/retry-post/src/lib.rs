//! `POST /v1/posts/{postId}/retry`, without a body or with `{}`: what has failed of a post is tried anew, at once. Answers
//! which accounts' targets that are.
//!
//! Safe to repeat: the post remembers the idempotency keys of the last ten such requests.
//!
//! Errors: 400, 401, 403, 404, 409 (nothing has failed; `publishBefore` has passed; or a worker is sending the post this
//! very moment: repeat), 413, 415, 422, 429.

use chrono::{DateTime, Utc};
use http::StatusCode;
use publishing::State;
use schemars::JsonSchema;
use serde_json::{Value, json};
use shared::{
    api::{self, Code, Error, Fields, Request, Response, contract::Operation, idempotency::Identity, object, request},
    clock::Clock,
    deps,
    id::{AccountId, PostId},
    post::Post,
    queue::{Message, Queue},
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

/// There is nothing to say.
#[derive(JsonSchema)]
#[schemars(rename = "Nothing")]
struct Nothing {}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::post("/v1/posts/{postId}/retry", "retryPost", "Posts", "Retry a post's failed targets")
        .describe("What has failed of a post is tried anew, at once. The post remembers the last ten such requests.")
        .scope(Scope::PostsCompose)
        .path::<PostId>("postId", "The post's id.")
        .optional_body::<Nothing>()
        .one::<object::Retry>(StatusCode::OK, "The accounts that it is tried on.")
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
    let done = deps.store.change_post_once(caller.tenant, current, now, once, |post| decide(post, now)).await?;
    let (action, replayed) = match done {
        ActionOutcome::Now(action) => (action, false),
        ActionOutcome::Before(action) => (action, true),
        ActionOutcome::KeyReused => return Err(Error::key_reused()),
        ActionOutcome::AtWork => return Err(Error::at_work()),
    };
    if !replayed {
        deps.queue.announce(Message::new(caller.tenant, post), Some(now), now).await;
    }
    Ok(Response::one(StatusCode::OK, object::retry(post, &action)).replayed(replayed))
}

/// There is nothing to say: no body is an empty one.
fn body(request: &Request) -> Result<Value, Error> {
    let body = if request.body().is_empty() { json!({}) } else { request::json(request)? };
    Fields::of(body.clone())?.done()?;
    Ok(body)
}

/// The post with what has failed to be tried anew.
fn decide(post: &Post, now: DateTime<Utc>) -> Result<(Post, Vec<AccountId>), Error> {
    let mut post = post.clone();
    let failed = post.targets.iter_mut().filter(|target| target.state == State::Failed);
    let accounts: Vec<_> = failed
        .map(|target| {
            target.retry(now);
            target.account
        })
        .collect();
    if accounts.is_empty() {
        return Err(Error::conflict(
            "No target has failed. One that is unconfirmed has to be resolved first; all others go on by themselves or \
             have their end.",
        ));
    }
    if post.publish_before.is_some_and(|before| before <= now) {
        return Err(Error::conflict("Its publishBefore has passed. Create a new post."));
    }
    Ok((post, accounts))
}
