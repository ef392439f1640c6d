//! `DELETE /v1/posts/{postId}`: cancels the targets of a post to which nothing was sent. The post stays readable, and is
//! `canceled` once all its targets are. After the response, no target's commit begins. A target whose commit may have
//! succeeded is looked up on the platform, and canceled once it is certain that nothing was published.
//!
//! Safe to repeat: canceling a canceled post returns it unchanged.
//!
//! Errors: 401, 403, 404, 409 (nothing is left to cancel), 429.

use http::StatusCode;
use publishing::{Status, Target};
use shared::{
    api::{self, Code, Error, Request, Response, contract::Operation, object},
    clock::Clock,
    deps,
    id::PostId,
    post::Post,
    queue::Queue,
    scope::Scope,
    store::{Canceled, Gate, Store},
};

deps! {
    pub struct Deps {
        pub gate: Gate,
        pub store: Store,
        pub queue: Queue,
        pub clock: Clock,
    }
}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::delete("/v1/posts/{postId}", "cancelPost", "Posts", "Cancel a post")
        .describe(
            "Permanently cancels the targets to which nothing was sent. A target whose outcome is unknown is not sent again, and \
             is canceled once it is certain that nothing was published. After the response no target begins to be sent; one that is `sending` \
             may still be published. Safe to repeat.",
        )
        .scope(Scope::PostsCompose)
        .path::<PostId>("postId", "The post's id.")
        .one::<object::Post>(StatusCode::OK, "The current state of the post.")
        .error(Code::NotFound)
        .error(Code::StateConflict)
}

/// # Errors
/// 401, 403, 404, 409, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let read = |tenant, id| deps.store.find_current_post(tenant, id);
    let (caller, current) = api::find(&deps.gate, &request, Scope::PostsCompose, now, read).await?;
    let Canceled { post, due } = deps.store.cancel_post(caller.tenant, current, caller.at(now), decide).await?;
    deps.queue.announce_targets(caller.tenant, post.id, due).await;
    Ok(Response::one(StatusCode::OK, object::post(&post)))
}

/// Whether a target is left to cancel. An error if there never was one.
fn decide(post: &Post) -> Result<bool, Error> {
    if post.targets.iter().any(Target::can_cancel) {
        return Ok(true);
    }
    if post.targets.iter().any(|target| target.status() == Status::Canceled || target.canceled_at.is_some()) {
        return Ok(false);
    }
    Err(Error::conflict(
        "Nothing is left to cancel: each target is published, failed, or already sent to its platform. Read the post; a \
         published post can only be deleted on the platform.",
    ))
}
