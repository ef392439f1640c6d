//! `GET /v1/agency`: the caller's own agency, in the key's mode: name, colour, logo, return URLs, the end of its tokens and limits.
//!
//! Any valid key may read it, including a key that is bound to a client, because customers see these settings anyway.
//!
//! Errors: 401, 429.

use http::StatusCode;
use shared::{
    api::{self, Error, Request, Response, contract::Operation, object},
    clock::Clock,
    deps,
    store::Gate,
};

deps! {
    pub struct Deps {
        pub gate: Gate,
        pub clock: Clock,
    }
}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::get("/v1/agency", "getAgency", "Agency", "Get the agency's settings")
        .describe("The caller's own agency, in the credential's mode. Live and test mode have separate settings.")
        .every_credential()
        .one::<object::Agency>(StatusCode::OK, "The agency.")
}

/// # Errors
/// 401, 429.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let asking = api::asking(&deps.gate, &request)?;
    let read = deps.gate.agency(asking.claimed_tenant());
    let (caller, found) = asking.admit(None, now, read).await?;

    let agency = found?.ok_or_else(|| Error::internal("the gate admitted a key and does not exist any more"))?;
    Ok(Response::one(StatusCode::OK, object::agency(caller.tenant, &agency)))
}
