//! `GET /v1/api-keys`: the keys that stand, expired ones too, oldest first; a bound key sees its client's. Never a secret.
//!
//! All of them, in one page: an agency has at most 20 in a mode.
//!
//! Errors: 401, 403, 429.

use std::future::ready;

use shared::{
    api::{self, Error, Request, Response, auth::admit_with_keys, object},
    clock::Clock,
    deployment::{self, Deployment},
    scope::Scope,
    store::Gate,
};

pub struct Deps {
    pub gate: Gate,
    pub clock: Clock,
}

impl Deps {
    /// # Errors
    /// The environment's.
    pub fn new(deployment: &Deployment) -> Result<Self, deployment::Error> {
        Ok(Self { gate: deployment.gate()?, clock: deployment.clock.clone() })
    }
}

/// # Errors
/// As the module says.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let asking = api::asking(&request)?;
    let (caller, ring, ()) = admit_with_keys(&deps.gate, &request, &asking, Scope::KeysManage, now, ready(())).await?;

    let keys = ring.seen_by(caller.client);
    Ok(Response::many(keys.iter().map(|key| object::api_key(key, now, None)).collect(), None, None))
}
