//! `POST /v1/api-keys` `{label, scopes, expiresInDays? or expiresAt?, clientId?}`: creates a key of the caller's agency, in
//! the caller's mode. Only this response contains the secret, as `key`.
//!
//! A key can only create keys within its scopes, expiry and client. The same holds for an access token with an accepted
//! `keys.manage` scope. By default the new key lasts a year, or until the creating credential expires.
//!
//! Safe to repeat: the key's id is derived from the idempotency key. A replay returns the key object in its current state,
//! without `key`. A caller who lost the first response has to revoke that key and create another. Ids are not reused:
//! the replay for a removed key returns `status` `revoked` (or `expired`) and does not restore the key.
//!
//! Errors: 400, 401 (also if the creating credential is revoked meanwhile), 403, 404 (no such client), 409
//! `idempotency_key_reused`, 409 `state_conflict` (the maximum number of keys exists), 413, 415, 422, 429.

mod asked;

use chrono::{DateTime, Utc};
use http::StatusCode;
use serde_json::Value;
use shared::{
    api::{
        self, Code, Error, Request, Response, auth::unauthenticated, contract::Operation, idempotency::Identity,
        object, request::json,
    },
    clock::Clock,
    deps,
    id::{ClientId, KeyId},
    key::ApiKey,
    scope::Scope,
    store::{Gate, KeyRecord, MOST_KEYS, Mint, Minted, Store, StoredKey},
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
    Operation::post("/v1/api-keys", "createKey", "API keys", "Create an API key")
        .describe(
            "In the credential's mode. Only this response contains the secret; a replay omits it and returns the current \
             `status`. At most 20 keys can exist in each mode.",
        )
        .scope(Scope::KeysManage)
        .body::<asked::Asked>()
        .one::<object::NewApiKey>(StatusCode::CREATED, "The new key.")
        .idempotent()
        .error(Code::NotFound)
        .error(Code::StateConflict)
}

/// # Errors
/// 400, 401, 403, 404, 409, 413, 415, 422, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let asking = api::asking(&deps.gate, &request)?;
    // The client to bind the key to is read in parallel with the gate.
    let body = json(&request);
    let client = body.as_ref().ok().and_then(named_client);
    let read = async {
        match client {
            Some(client) => deps.store.find_client(asking.claimed_tenant(), client).await,
            None => Ok(None),
        }
    };
    let (caller, keys, found) = asking.admit_with_keys(Scope::KeysManage, now, read).await?;

    let body = body?;
    let identity = Identity::of(&request, &caller, &body)?;
    let asked = asked::read(body)?;
    let id = KeyId::derive(&identity.parts());
    let fingerprint = &identity.origin.fingerprint;
    if let Some(given) = deps.gate.find_key(&keys, id).await? {
        return replay(&given, fingerprint, now);
    }

    if let Some(client) = asked.client {
        caller.require_client(client, asked::CLIENT)?;
        found?.ok_or_else(|| Error::not_found(asked::CLIENT))?;
    }
    let minter = keys.minter().ok_or_else(unauthenticated)?;
    let expires_at = asked.within(&minter, now)?;
    let api_key = ApiKey::generate(caller.tenant, id);
    let record = KeyRecord {
        digest: data_encoding::HEXLOWER.encode(&api_key.digest),
        scopes: asked.scopes,
        expires_at,
        client: asked.client.or(caller.client),
        label: asked.label.into(),
        last_used: None,
        minted: Some(Minted { by: minter.id, at: now, fingerprint: fingerprint.clone() }),
    };
    match deps.gate.mint(&keys, id, &record, now).await? {
        Mint::New => {
            let key = StoredKey { id, record, retired_at: None };
            Ok(Response::one(StatusCode::CREATED, object::new_api_key(&key, now, Some(api_key.text()))))
        }
        Mint::Given(given) => replay(&given, fingerprint, now),
        Mint::MinterGone => Err(unauthenticated()),
        Mint::Full => {
            let detail = format!(
                "The agency has {MOST_KEYS} keys in this mode, which is the maximum: revoke one that is unused, then repeat the request."
            );
            Err(Error::new(Code::StateConflict, detail))
        }
    }
}

fn named_client(body: &Value) -> Option<ClientId> {
    body.get(asked::CLIENT_ID)?.as_str()?.parse().ok()
}

/// The secret is not stored, so a replay omits it.
fn replay(given: &StoredKey, fingerprint: &str, now: DateTime<Utc>) -> Result<Response, Error> {
    match &given.record.minted {
        Some(minted) if minted.fingerprint == fingerprint => {
            Ok(Response::one(StatusCode::CREATED, object::new_api_key(given, now, None)).replayed(true))
        }
        _ => Err(Error::key_reused()),
    }
}
