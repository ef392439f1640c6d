//! `DELETE /v1/posts/{postId}`: cancels the targets of a post that nothing was sent of. The post stays readable, and is
//! `canceled` once all its targets are. No commit of any of its targets begins after this was answered: what is in doubt is
//! looked for, and canceled once it surely is not there.
//!
//! Safe to repeat: canceling a canceled post answers it again.
//!
//! Errors: 401, 403, 404, 409 (nothing is left to cancel; or a worker is sending it this very moment: repeat), 429.

use http::StatusCode;
use publishing::State;
use shared::{
    api::{self, Code, Error, Request, Response, contract::Operation, object},
    clock::Clock,
    deps,
    id::PostId,
    post::Post,
    scope::Scope,
    store::{Changed, Gate, PostUpdate, Store},
};

deps! {
    pub struct Deps {
        pub gate: Gate,
        pub store: Store,
        pub clock: Clock,
    }
}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::delete("/v1/posts/{postId}", "cancelPost", "Posts", "Cancel a post")
        .describe(
            "Cancels the targets that nothing was sent of, for good; what is in doubt is not sent again, and canceled once it \
             surely is not on the account. Nothing of the post is sent after this was answered. Safe to repeat.",
        )
        .scope(Scope::PostsCompose)
        .path::<PostId>("postId", "The post's id.")
        .one::<object::Post>(StatusCode::OK, "The post as it is now.")
        .error(Code::NotFound)
        .error(Code::StateConflict)
}

/// # Errors
/// 401, 403, 404, 409, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let read = |tenant, id| deps.store.find_current_post(tenant, id);
    let (caller, current) = api::find(&deps.gate, &request, Scope::PostsCompose, now, read).await?;
    match deps.store.change_post(caller.tenant, current, now, decide).await? {
        Changed::Yes(post) | Changed::No(post) => Ok(Response::one(StatusCode::OK, object::post(&post))),
        Changed::AtWork => Err(Error::at_work()),
    }
}

/// The post with everything canceled that can be; none if that was done before.
fn decide(post: &Post) -> Result<Option<PostUpdate>, Error> {
    let mut canceled = post.clone();
    if canceled.cancel() {
        return Ok(Some(PostUpdate::of_targets(canceled)));
    }
    if post.targets.iter().any(|target| target.state == State::Canceled || target.cancel_requested) {
        return Ok(None);
    }
    Err(Error::conflict(
        "Nothing is left to cancel: each target is published, failed, or with its platform already. Read the post; what \
         is published can only be deleted on the platform.",
    ))
}
