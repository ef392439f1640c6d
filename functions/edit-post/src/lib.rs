//! `PATCH /v1/posts/{postId}` `{content?, media?, platformOptions?, overrides?, targets?, schedule?, publishBefore?}`: changes a post of which
//! nothing was sent yet. Omitted fields keep their value, `publishBefore: null` removes it. A draft can be scheduled, and a
//! scheduled post can become a draft again. The whole post is checked as if it were created now.
//!
//! Safe to repeat without an idempotency key: repeating a change has no further effect.
//!
//! Errors: 400, 401, 403, 404, 409 (part of the post was sent), 413, 415, 422,
//! 429.

use http::StatusCode;
use publishing::Target;
use shared::{
    api::{self, Code, Error, Request, Response, contract::Operation, object, request::json},
    clock::Clock,
    composition, deps,
    id::PostId,
    net::HttpClient,
    post::{Post, PostStatus},
    queue::{Message, Queue},
    scope::Scope,
    store::{Gate, Store},
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
    Operation::patch("/v1/posts/{postId}", "editPost", "Posts", "Edit or reschedule a post")
        .describe(
            "Possible until any part of the post is sent. The whole post is checked as if it were created now. A draft can be \
             scheduled, and `{\"type\":\"draft\"}` makes a scheduled post a draft again. Safe to repeat.",
        )
        .scope(Scope::PostsCompose)
        .path::<PostId>("postId", "The post's id.")
        .body::<composition::PostChange>()
        .one::<object::Post>(StatusCode::OK, "The current state of the post.")
        .error(Code::NotFound)
        .error(Code::StateConflict)
}

/// # Errors
/// 400, 401, 403, 404, 409, 413, 415, 422, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let read = |tenant, id| deps.store.find_current_post(tenant, id);
    let (caller, current) = api::find(&deps.gate, &request, Scope::PostsCompose, now, read).await?;
    let asked = composition::PostChange::read(json(&request)?)?;
    editable(&current.post)?;
    let composition = asked.of(&current.post);
    let client = deps.store.find_client_with_accounts(caller.tenant, composition.client).await?;
    let media = composition.ask_media(&deps.http, client.as_ref(), now).await?;

    let decide = |post: &Post| {
        editable(post)?;
        let again = asked.of(post);
        // The HEAD requests were made for these media only.
        let same = again.media == composition.media && again.overrides == composition.overrides;
        if !same || again.schedule != composition.schedule {
            return Err(Error::conflict("The post was changed meanwhile. Read the post and decide again."));
        }
        Ok(Post { created_at: post.created_at, ..again.decide(post.id, client.as_ref(), &media, now)? })
    };
    let post = deps.store.edit_post(caller.tenant, current, caller.at(now), decide).await?;
    deps.queue.announce(Message::new(caller.tenant, post.id, None), post.next_at(), now).await;
    Ok(Response::one(StatusCode::OK, object::post(&post)))
}

/// Fails if a target was sent or has a final state.
fn editable(post: &Post) -> Result<(), Error> {
    if post.status() == PostStatus::Canceled {
        return Err(Error::conflict("The post is canceled. Create a new one."));
    }
    if !post.targets.iter().all(Target::is_open) {
        return Err(Error::conflict(
            "Part of the post was already sent or is finished. Cancel the rest and create a new post.",
        ));
    }
    Ok(())
}
