//! `GET /v1/clients`: the agency's clients, newest first. A key that is bound to a client gets only that client.
//!
//! Errors: 400 `cursor_invalid`, 401, 403, 422 (`limit`, an unknown parameter), 429.

use shared::{
    api::{self, Error, Request, Response, contract::Operation, object, page},
    clock::Clock,
    deps,
    scope::Scope,
    store::{Gate, Page, Store},
};

/// The list's name in its cursors.
const LIST: &str = "clients";

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
    Operation::get("/v1/clients", "listClients", "Clients", "List the agency's clients")
        .describe("Newest first. A key that is bound to a client gets only that client.")
        .scope(Scope::ClientsRead)
        .pages::<object::Client>("A page of clients.")
}

/// # Errors
/// 400, 401, 403, 422, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let asking = api::asking(&deps.gate, &request)?;
    let read = async {
        let asked = page::asked(&request, LIST, &[])?;
        let tenant = asking.claimed_tenant();
        let page = deps.store.list_clients(tenant, asked.limit, asked.after.as_deref()).await?;
        Ok::<_, Error>((asked, page))
    };
    let (caller, found) = asking.admit(Scope::ClientsRead, now, read).await?;

    let (asked, page) = found?;
    let page = match caller.client {
        None => page,
        // The list has one page, so a cursor can only be from another list.
        Some(_) if asked.after.is_some() => Page { items: Vec::new(), next: None },
        Some(bound) => {
            Page { items: deps.store.find_client(caller.tenant, bound).await?.into_iter().collect(), next: None }
        }
    };
    Ok(page::answer(LIST, &asked, &page, object::client))
}
