//! `GET /v1/posts?clientId=`: a client's posts, or without `clientId` the agency's, newest first. A key that is bound to a
//! client gets only that client's posts. A post keeps its position when it changes.
//!
//! There is no filter by status, because a post's status is computed when it is read and is not in any index.
//!
//! Errors: 400 `cursor_invalid`, 401, 403, 404 (no such client), 422 (`limit`, an unknown parameter), 429.

use shared::{
    api::{self, Code, Error, Request, Response, contract::Operation, object, page, request::query},
    clock::Clock,
    deps,
    id::{ClientId, InvalidId},
    post::Post,
    scope::Scope,
    store::{Gate, Page, Store},
    tenant::Tenant,
};

/// The list's name in its cursors.
const LIST: &str = "posts";
/// Maximum size of a page's posts, in bytes. A function's response is limited to 6 MB.
const MAX_BYTES: usize = 4 * 1024 * 1024;

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
    Operation::get("/v1/posts", "listPosts", "Posts", "List posts")
        .describe(
            "A client's posts, or without `clientId` the agency's, newest first, in their current state. A key that is bound to a \
             client gets only that client's posts. A page with long texts may be shorter than its `limit`.",
        )
        .scope(Scope::PostsRead)
        .query::<ClientId>("clientId", "Only this client's posts.")
        .pages::<object::Post>("A page of posts.")
        .error(Code::NotFound)
}

/// # Errors
/// 400, 401, 403, 404, 422, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let asking = api::asking(&deps.gate, &request)?;
    let tenant = asking.claimed_tenant();
    let client = query(&request, "clientId").map(str::parse).transpose();
    let read = async {
        match client {
            Ok(client) => list(deps, &request, tenant, client).await,
            Err(InvalidId) => Err(Error::not_found("client")),
        }
    };
    let (caller, found) = asking.admit(Scope::PostsRead, now, read).await?;

    match (client, caller.client) {
        // The bound client is known only after authentication: read again, now only that client's posts.
        (Ok(None), Some(bound)) => list(deps, &request, tenant, Some(bound)).await,
        (Ok(Some(client)), _) => caller.require_client(client, "client").and(found),
        _ => found,
    }
}

async fn list(deps: &Deps, request: &Request, tenant: Tenant, client: Option<ClientId>) -> Result<Response, Error> {
    let list = page::list(LIST, client);
    let asked = page::asked(request, &list, &["clientId"])?;
    let posts = deps.store.list_posts(tenant, client, asked.limit, asked.after.as_deref());
    let known = async {
        match client {
            Some(client) => Ok(deps.store.find_client(tenant, client).await?.is_some()),
            None => Ok(true),
        }
    };
    let (page, known) = tokio::try_join!(posts, known)?;
    if !known {
        return Err(Error::not_found("client"));
    }
    Ok(page::answer(&list, &asked, &cut(page), object::post))
}

/// Cuts a page to what fits into a response. The next page begins after it.
fn cut(mut page: Page<Post>) -> Page<Post> {
    let mut bytes = 0;
    let fits = page.items.iter().take_while(|post| {
        bytes += serde_json::to_string(&object::post(post)).map_or(0, |text| text.len());
        bytes <= MAX_BYTES
    });
    // A single post always fits, because it was created by one request.
    let fits = fits.count().max(1);
    if fits < page.items.len() {
        page.items.truncate(fits);
        page.next = page.items.last().map(Store::position);
    }
    page
}
