//! `GET /v1/posts/{postId}`: a post and the status of each of its targets.
//!
//! Errors: 401, 403, 404 (also for another agency's post, or another client's than the key is bound to), 429.

use http::StatusCode;
use shared::{
    api::{self, Code, Error, Request, Response, contract::Operation, object},
    clock::Clock,
    deps,
    id::PostId,
    scope::Scope,
    store::{Gate, Store},
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
    Operation::get("/v1/posts/{postId}", "getPost", "Posts", "Get a post")
        .describe("Includes the status of each of its targets.")
        .scope(Scope::PostsRead)
        .path::<PostId>("postId", "The post's id.")
        .one::<object::Post>(StatusCode::OK, "The current state of the post.")
        .error(Code::NotFound)
}

/// # Errors
/// 401, 403, 404, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let read = |tenant, id| deps.store.find_post(tenant, id);
    let (_, post) = api::find(&deps.gate, &request, Scope::PostsRead, deps.clock.now(), read).await?;
    Ok(Response::one(StatusCode::OK, object::post(&post)))
}
