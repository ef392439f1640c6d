//! `GET /v1/accounts?clientId=&platform=&status=`: the accounts that a client has connected, oldest first; without
//! `clientId` those of the agency, newest first. A key that is bound to a client gets only that client's accounts.
//!
//! `platform` and `status` filter each page after it is read, so a page of the agency's accounts may be short or empty
//! although another page follows. A reconnected account keeps its position.
//!
//! Errors: 400 `cursor_invalid`, 401, 403, 404 (no such client), 422 (`limit`, `platform`, `status`, an unknown parameter),
//! 429.

mod filter;

use platforms::PlatformId;
use shared::{
    account::{Account, AccountStatus},
    api::{self, Code, Error, Request, Response, contract::Operation, object, page, request::query},
    clock::Clock,
    deps,
    id::{ClientId, InvalidId},
    scope::Scope,
    store::{Gate, Store},
    tenant::Tenant,
};

use filter::Filter;

/// The list's name in its cursors.
const LIST: &str = "accounts";

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
    Operation::get("/v1/accounts", "listAccounts", "Accounts", "List connected accounts")
        .describe(
            "A client's accounts, oldest first; without `clientId` the agency's, newest first. A key that is bound to a client gets \
             only that client's accounts. A filtered page may be short or empty although another page follows.",
        )
        .scope(Scope::AccountsRead)
        .query::<ClientId>("clientId", "Only this client's accounts.")
        .query::<PlatformId>("platform", "Only accounts on this platform.")
        .query::<AccountStatus>("status", "Only accounts with this status.")
        .pages::<object::Account>("A page of accounts.")
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
            Ok(Some(client)) => of_client(deps, &request, tenant, client).await,
            Ok(None) => of_agency(deps, &request, tenant).await,
            Err(InvalidId) => Err(Error::not_found("client")),
        }
    };
    let (caller, found) = asking.admit(Scope::AccountsRead, now, read).await?;

    match (client, caller.client) {
        // The bound client is known only after authentication: read again, now only that client's accounts.
        (Ok(None), Some(bound)) => of_client(deps, &request, tenant, bound).await,
        (Ok(Some(client)), _) => caller.require_client(client, "client").and(found),
        _ => found,
    }
}

async fn of_agency(deps: &Deps, request: &Request, tenant: Tenant) -> Result<Response, Error> {
    let list = page::list(LIST, None);
    let (filter, asked) = Filter::of(request, &list)?;
    let mut page = deps.store.list_accounts(tenant, asked.limit, asked.after.as_deref()).await?;
    page.items.retain(|account| filter.admits(account));
    Ok(page::answer(&list, &asked, &page, object::account))
}

async fn of_client(deps: &Deps, request: &Request, tenant: Tenant, client: ClientId) -> Result<Response, Error> {
    let list = page::list(LIST, Some(client));
    let (filter, asked) = Filter::of(request, &list)?;
    let found = deps.store.find_client_with_accounts(tenant, client).await?;
    let (_, mut accounts) = found.ok_or_else(|| Error::not_found("client"))?;
    accounts.retain(|account| filter.admits(account));
    Ok(page::answer(&list, &asked, &page::part(accounts, &asked, position), object::account))
}

/// A client has few accounts, all in one partition, so they are read as a whole.
fn position(account: &Account) -> String {
    format!("{:020}#{}", account.connected_at.timestamp_millis(), account.id)
}
