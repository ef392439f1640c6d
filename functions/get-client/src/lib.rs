//! `GET /v1/clients/{clientId}`: one client.
//!
//! Errors: 401, 403, 404 (also for another agency's client, or another than the key is bound to), 429.

use http::StatusCode;
use shared::{
    api::{self, Code, Error, Request, Response, contract::Operation, object},
    clock::Clock,
    deps,
    id::ClientId,
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
    Operation::get("/v1/clients/{clientId}", "getClient", "Clients", "Get a client")
        .scope(Scope::ClientsRead)
        .path::<ClientId>("clientId", "The client's id.")
        .one::<object::Client>(StatusCode::OK, "The client.")
        .error(Code::NotFound)
}

/// # Errors
/// 401, 403, 404, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let read = |tenant, id| deps.store.find_client(tenant, id);
    let (_, client) = api::find(&deps.gate, &request, Scope::ClientsRead, deps.clock.now(), read).await?;
    Ok(Response::one(StatusCode::OK, object::client(&client)))
}
