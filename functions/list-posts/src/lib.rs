//! `GET /v1/posts?clientId=`: a client's posts, or without `clientId` the agency's, newest first. A key that is bound to a
//! client has that client's. A post keeps its place, whatever becomes of it.
//!
//! There is no filter by status: a status is computed from what is true when a post is read, and no index has it.
//!
//! Errors: 400 `cursor_invalid`, 401, 403, 404 (no such client), 422 (`limit`, a parameter that is not known), 429.

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

/// What its cursors call it.
const LIST: &str = "posts";
/// The most bytes of the posts of a page: a function's answer may have 6 MB.
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
            "A client's posts, or without `clientId` the agency's, newest first, as they are now. A key that is bound to a client \
             has that client's. A page with long texts may be shorter than its `limit`.",
        )
        .scope(Scope::PostsRead)
        .query::<ClientId>("clientId", "Whose posts.")
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
        // Whom the key is bound to is known only now: the agency's posts are not for it.
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

/// As much of a page as an answer can carry; the next one begins behind it.
fn cut(mut page: Page<Post>) -> Page<Post> {
    let mut bytes = 0;
    let fits = page.items.iter().take_while(|post| {
        bytes += serde_json::to_string(&object::post(post)).map_or(0, |text| text.len());
        bytes <= MAX_BYTES
    });
    // A post alone always fits: it came in one request.
    let fits = fits.count().max(1);
    if fits < page.items.len() {
        page.items.truncate(fits);
        page.next = page.items.last().map(Store::position);
    }
    page
}
