//! `POST /v1/posts/validate`, with the body of a creation: all its checks, and nothing is stored. 200 `{valid: true}`, or
//! the 422 that the creation would answer now.
//!
//! Safe to repeat: it makes nothing, so it needs no idempotency key.
//!
//! Errors: 400, 401, 403, 404 (no such client), 413, 415, 422, 429.

use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    api::{self, Code, Error, Request, Response, contract::Operation, request},
    clock::Clock,
    composition::Composition,
    deps,
    id::PostId,
    net::HttpClient,
    scope::Scope,
    store::{Gate, Store},
};

deps! {
    pub struct Deps {
        pub gate: Gate,
        pub store: Store,
        pub http: HttpClient,
        pub clock: Clock,
    }
}

/// Nothing is wrong with the post.
#[derive(Serialize, JsonSchema)]
struct Validation {
    #[schemars(extend("const" = true))]
    valid: bool,
}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::post("/v1/posts/validate", "validatePost", "Posts", "Check a post without creating it")
        .describe("Makes all the checks of a creation and stores nothing. It needs no idempotency key.")
        .scope(Scope::PostsCompose)
        .body::<Composition>()
        .one::<Validation>(StatusCode::OK, "The creation would succeed now.")
        .error(Code::NotFound)
}

/// # Errors
/// 400, 401, 403, 404, 413, 415, 422, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let asking = api::asking(&deps.gate, &request)?;
    // Read before the gate has spoken, so that its client can be looked up beside it; refused only behind it.
    let composed = request::json(&request).and_then(Composition::read);
    let read = async {
        match &composed {
            Ok(composed) => deps.store.find_client_with_accounts(asking.claimed_tenant(), composed.client).await,
            Err(_) => Ok(None),
        }
    };
    let (caller, found) = asking.admit(Scope::PostsCompose, now, read).await?;

    let composed = composed?;
    caller.require_client(composed.client, "client")?;
    let media = composed.ask_media(&deps.http).await;
    composed.decide(PostId::random(), found?.as_ref(), &media, now)?;
    Ok(Response::one(StatusCode::OK, Validation { valid: true }))
}
