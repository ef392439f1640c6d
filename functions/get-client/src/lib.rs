//! `GET /v1/clients/{clientId}`: one client.
//!
//! Errors: 401, 403, 404 (also for another agency's client, or another than the key is bound to), 429.

use http::StatusCode;
use shared::{
    api::{self, Code, Error, Request, Response, contract::Operation, object, request::path_id},
    clock::Clock,
    deployment::{self, Deployment},
    id::ClientId,
    scope::Scope,
    store::{Gate, Store},
};

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

/// How it stands in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::get("/v1/clients/{clientId}", "getClient", "Clients", "Get a client")
        .scope(Scope::ClientsRead)
        .path::<ClientId>("clientId", "The client's id.")
        .one::<object::Client>(StatusCode::OK, "The client.")
        .error(Code::NotFound)
}

/// # Errors
/// As the module says.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let asking = api::asking(&deps.gate, &request)?;
    let id: Result<ClientId, Error> = path_id(&request, "clientId", "client");
    let read = async { Ok::<_, Error>(deps.store.find_client(asking.claimed_tenant(), id?).await?) };
    let (caller, found) = api::admit(&deps.gate, &request, &asking, Scope::ClientsRead, now, read).await?;

    let client = found?.ok_or_else(|| Error::not_found("client"))?;
    caller.require_client(client.id, "client")?;
    Ok(Response::one(StatusCode::OK, object::client(&client)))
}
