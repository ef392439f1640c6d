//! `GET /v1/clients/{clientId}/connect-invites`: a client's connect invites, newest first, without their links. An expired
//! invite is listed for a week.
//!
//! Errors: 400 `cursor_invalid`, 401, 403, 404 (no such client), 422 (`limit`, an unknown parameter), 429.

use shared::{
    api::{self, Code, Error, Request, Response, contract::Operation, object, page, request::path_id},
    clock::Clock,
    deps,
    id::ClientId,
    scope::Scope,
    store::{Gate, Store},
};

/// The list's name in its cursors.
const LIST: &str = "connect-invites";

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
    const PATH: &str = "/v1/clients/{clientId}/connect-invites";
    Operation::get(PATH, "listInvites", "Connect invites", "List a client's connect invites")
        .describe("Newest first, without their links. An expired invite is listed for a week.")
        .scope(Scope::AccountsConnect)
        .path::<ClientId>("clientId", "The client's id.")
        .pages::<object::Invite>("A page of connect invites.")
        .error(Code::NotFound)
}

/// # Errors
/// 400, 401, 403, 404, 422, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let asking = api::asking(&deps.gate, &request)?;
    let read = async {
        let id: ClientId = path_id(&request, "clientId", "client")?;
        let list = page::list(LIST, Some(id));
        let asked = page::asked(&request, &list, &[])?;
        let tenant = asking.claimed_tenant();
        let (client, page) = tokio::try_join!(
            deps.store.find_client(tenant, id),
            deps.store.list_invites(tenant, id, asked.limit, asked.after.as_deref())
        )?;
        Ok::<_, Error>((client, list, asked, page))
    };
    let (caller, found) = asking.admit(Scope::AccountsConnect, now, read).await?;

    let (client, list, asked, page) = found?;
    let client = client.ok_or_else(|| Error::not_found("client"))?;
    caller.require_client(client.id, "client")?;
    Ok(page::answer(&list, &asked, &page, |invite| object::invite(invite, now)))
}
