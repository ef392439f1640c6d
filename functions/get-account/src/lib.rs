//! `GET /v1/accounts/{accountId}`: one account, even if it is disconnected.
//!
//! Errors: 401, 403, 404 (also for another agency's account, or another client's than the key is bound to), 429.

use http::StatusCode;
use shared::{
    api::{self, Code, Error, Request, Response, contract::Operation, object},
    clock::Clock,
    deps,
    id::AccountId,
    scope::Scope,
    store::{Gate, Store},
};

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
    Operation::get("/v1/accounts/{accountId}", "getAccount", "Accounts", "Get an account")
        .scope(Scope::AccountsRead)
        .path::<AccountId>("accountId", "The account's id.")
        .one::<object::Account>(StatusCode::OK, "The account.")
        .error(Code::NotFound)
}

/// # Errors
/// 401, 403, 404, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let read = |tenant, id| deps.store.find_account(tenant, id);
    let (_, account) = api::find(&deps.gate, &request, Scope::AccountsRead, deps.clock.now(), read).await?;
    Ok(Response::one(StatusCode::OK, object::account(&account)))
}
