//! `GET /v1/accounts?clientId=`: the accounts that a client has connected, oldest first.
//!
//! Errors: 400 `cursor_invalid`, 401, 403, 404 (no such client), 422 (`clientId` missing, `limit` out of range), 429.

use shared::{
    account::Account,
    api::{
        self, Error, FieldError, Request, Response, object,
        page::{self, Asked},
        request::query,
    },
    clock::Clock,
    deployment::{self, Deployment},
    id::ClientId,
    scope::Scope,
    store::{Gate, Store},
};

/// The list's name in its cursors.
const LIST: &str = "accounts";

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

/// # Errors
/// As the module says.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let asking = api::asking(&request)?;
    let client = client_id(&request);
    let read = async { Ok::<_, Error>(deps.store.find_client_with_accounts(asking.claimed_tenant(), client?).await?) };
    let (caller, found) = api::admit(&deps.gate, &request, &asking, Scope::AccountsRead, now, read).await?;

    let (client, accounts) = found?.ok_or_else(|| Error::not_found("client"))?;
    caller.require_client(client.id, "client")?;
    let asked = page::asked(&request, LIST)?;
    Ok(answer(accounts, &asked))
}

fn client_id(request: &Request) -> Result<ClientId, Error> {
    let text = query(request, "clientId")
        .ok_or_else(|| Error::invalid(vec![FieldError { path: "clientId".into(), message: "is required".into() }]))?;
    text.parse().map_err(|_| Error::not_found("client"))
}

/// One page. A client's accounts are few and come from one partition, so they are sorted here.
fn answer(mut accounts: Vec<Account>, asked: &Asked) -> Response {
    let position = |account: &Account| format!("{:020}#{}", account.connected_at.timestamp_millis(), account.id);
    accounts.sort_by_cached_key(position);
    let mut rest =
        accounts.into_iter().filter(|account| asked.after.as_ref().is_none_or(|after| position(account) > *after));
    let page: Vec<Account> = rest.by_ref().take(asked.limit).collect();
    let next = rest.next().and(page.last()).map(|last| page::cursor(LIST, &position(last)));
    Response::many(page.iter().map(object::account).collect(), asked.cursor.as_deref(), next.as_deref())
}
