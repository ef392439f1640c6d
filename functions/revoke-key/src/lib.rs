//! `DELETE /v1/api-keys/{keyId}` `?minted=true`: revokes a key, effective for the next request. `minted=true` also revokes
//! the keys minted by it, directly or through other keys; `alsoRevoked` lists them.
//!
//! Safe to repeat without an idempotency key: a revoked key gets the same response again. A key can revoke itself and the keys
//! minted by it; for others, such as the one that minted it, it needs `keys.admin`. A key that is bound to a client can revoke
//! only that client's keys.
//!
//! Errors: 401, 403 (also for a key that needs `keys.admin`), 404 (also for another agency's key, or another client's than the caller is bound to), 422
//! (`minted`, an unknown parameter), 429.

use http::StatusCode;
use shared::{
    api::{
        self, Code, Error, FieldError, Request, Response,
        contract::Operation,
        object::{self, RevokedApiKey},
        request::{path_id, query, unknown},
    },
    clock::Clock,
    deps,
    id::KeyId,
    scope::Scope,
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
    Operation::delete("/v1/api-keys/{keyId}", "revokeKey", "API keys", "Revoke an API key")
        .describe("Effective for the next request. Safe to repeat. A credential can revoke itself and what it minted, and other keys with the scope `keys.admin`.")
        .scope(Scope::KeysManage)
        .path::<KeyId>("keyId", "The key's id.")
        .query::<bool>("minted", "Whether to also revoke the keys minted by this key, directly or through other keys.")
        .one::<RevokedApiKey>(StatusCode::OK, "The revoked key.")
        .error(Code::NotFound)
        .error(Code::ValidationFailed)
}

/// # Errors
/// 401, 403, 404, 422, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let (caller, keys) = api::admit_with_keys(&deps.gate, &request, Scope::KeysManage, now).await?;

    let id: KeyId = path_id(&request, "keyId", "key")?;
    let minted = minted(&request)?;
    let found = deps.gate.find_key(&keys, id).await?.filter(|key| key.is_seen_by(caller.client));
    let mut key = found.ok_or_else(|| Error::not_found("key"))?;

    let is_admin = keys.minter().is_some_and(|caller| caller.scopes.contains(&Scope::KeysAdmin));
    if !is_admin && !deps.gate.is_own(&keys, &key).await? {
        let detail = "The credential lacks the scope keys.admin. Without it, a key revokes only itself and the keys that it created.";
        return Err(Error::new(Code::InsufficientScope, detail));
    }
    let mut revoked = deps.gate.revoke(&keys, id, minted, now).await?;
    revoked.remove(&id);
    key.retired_at.get_or_insert(now.timestamp());
    let also_revoked = minted.then(|| revoked.into_iter().collect());
    let object = RevokedApiKey { api_key: object::api_key(&key, now), also_revoked };
    Ok(Response::one(StatusCode::OK, object))
}

fn minted(request: &Request) -> Result<bool, Error> {
    let minted = query(request, "minted").unwrap_or("false");
    let mut faults = unknown(request, &["minted"]);
    if !["true", "false"].contains(&minted) {
        faults.insert(0, FieldError { path: "minted".into(), message: "must be true or false".into() });
    }
    if faults.is_empty() { Ok(minted == "true") } else { Err(Error::invalid(faults)) }
}
