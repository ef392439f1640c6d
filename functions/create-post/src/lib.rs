//! `POST /v1/posts` `{clientId, content, media?, platformOptions?, overrides?, targets, schedule, publishBefore?}`: creates a post, to be
//! published now or at a set time on accounts that the client has connected, or a draft. Its media are checked by a HEAD
//! request through the guard; their content is checked when the post is published.
//!
//! Safe to repeat: the post's id is derived from the idempotency key. A replay returns the response to the creation, even
//! if the time has passed or an account was disconnected.
//!
//! Errors: 400, 401, 403, 404 (no such client), 409, 413, 415, 422 (also for content that a target's platform would
//! refuse, with the account's path in `targets.accountIds` or `overrides`), 429.

use http::StatusCode;
use shared::{
    api::{self, Code, Error, Request, Response, contract::Operation, idempotency::Identity, object, request::json},
    clock::Clock,
    composition::Composition,
    deps,
    id::PostId,
    net::HttpClient,
    queue::{Message, Queue},
    scope::Scope,
    store::{Gate, Inserted, Store},
};

deps! {
    pub struct Deps {
        pub gate: Gate,
        pub store: Store,
        pub queue: Queue,
        pub http: HttpClient,
        pub clock: Clock,
    }
}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::post("/v1/posts", "createPost", "Posts", "Create a post")
        .describe(
            "Published now or at a set time on accounts that the client has connected, or kept as a draft. Content that a target's \
             platform would refuse is refused at once. A replay returns the first response, even if the post has changed since.",
        )
        .scope(Scope::PostsCompose)
        .body::<Composition>()
        .one::<object::Post>(StatusCode::CREATED, "The new post.")
        .idempotent()
        .error(Code::NotFound)
}

/// # Errors
/// 400, 401, 403, 404, 409, 413, 415, 422, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let asking = api::asking(&deps.gate, &request)?;
    // Parsed before authentication, so that the client is read in parallel; errors are reported only after authentication.
    let body = json(&request);
    let asked = body.as_ref().map_err(|_| ()).map(|body| Composition::read(body.clone()));
    let read = async {
        match &asked {
            Ok(Ok(asked)) => deps.store.find_client_with_accounts(asking.claimed_tenant(), asked.client).await,
            _ => Ok(None),
        }
    };
    let (caller, found) = asking.admit(Scope::PostsCompose, now, read).await?;

    let body = body?;
    let identity = Identity::of(&request, &caller, &body)?;
    let asked = asked.map_err(|()| Error::internal("a readable body was not parsed"))??;
    caller.require_client(asked.client, "client")?;
    let id = PostId::derive(&identity.parts());

    let (post, replayed) = match asked.check(&deps.http, id, found?.as_ref(), now).await {
        Ok(post) => match deps.store.insert_post(caller.tenant, &post, &identity.origin, caller.actor).await? {
            Inserted::New => (post, false),
            Inserted::Replayed(post) => (post, true),
            Inserted::KeyReused => return Err(Error::key_reused()),
        },
        // The request may have succeeded before and be refused now only because time has passed: then replay it.
        Err(refusal) => match deps.store.replay_post(caller.tenant, id, &identity.origin).await? {
            Some(Inserted::KeyReused) => return Err(Error::key_reused()),
            Some(Inserted::Replayed(post)) => (post, true),
            Some(Inserted::New) | None => return Err(refusal),
        },
    };

    if !replayed {
        deps.queue.announce(Message::new(caller.tenant, id, None), post.next_at(), now).await;
    }
    Ok(Response::one(StatusCode::CREATED, object::post(&post)).replayed(replayed))
}
