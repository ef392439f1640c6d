//! `GET /v1/posts/{postId}`: a post and what is known of each of its targets.
//!
//! Errors: 401, 403, 404 (also for another agency's post, or another client's than the key is bound to), 429.

use http::StatusCode;
use shared::{
    api::{self, Code, Error, Request, Response, contract::Operation, object, request::path_id},
    clock::Clock,
    deployment::{self, Deployment},
    id::PostId,
    scope::Scope,
    store::{Gate, Store},
};

pub struct Deps {
    pub gate: Gate,
    pub store: Store,
    pub clock: Clock,
}

impl Deps {
    /// # Errors
    /// The environment's.
    pub fn new(deployment: &Deployment) -> Result<Self, deployment::Error> {
        Ok(Self { gate: deployment.gate()?, store: deployment.store()?, clock: deployment.clock.clone() })
    }
}

/// How it stands in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::get("/v1/posts/{postId}", "getPost", "Posts", "Get a post")
        .describe("With what is known of each of its targets.")
        .scope(Scope::PostsRead)
        .path::<PostId>("postId", "The post's id.")
        .one::<object::Post>(StatusCode::OK, "The post as it is now.")
        .error(Code::NotFound)
}

/// # Errors
/// As the module says.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let asking = api::asking(&deps.gate, &request)?;
    let id: Result<PostId, Error> = path_id(&request, "postId", "post");
    let read = async { Ok::<_, Error>(deps.store.find_post(asking.claimed_tenant(), id?).await?) };
    let (caller, found) = api::admit(&deps.gate, &request, &asking, Scope::PostsRead, now, read).await?;

    let post = found?.ok_or_else(|| Error::not_found("post"))?;
    caller.require_client(post.client, "post")?;
    Ok(Response::one(StatusCode::OK, object::post(&post)))
}
