//! `POST /v1/posts/validate`, with the body of a creation: makes all checks of a creation and stores nothing. Responds
//! with 200 `{valid: true}`, or with the 422 that a creation would get now.
//!
//! Safe to repeat without an idempotency key, because it stores nothing.
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

/// The post is valid.
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
    // Parsed before authentication, so that the client is read in parallel; errors are reported only after authentication.
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
    composed.check(&deps.http, PostId::random(), found?.as_ref(), now).await?;
    Ok(Response::one(StatusCode::OK, Validation { valid: true }))
}
