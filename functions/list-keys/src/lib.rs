//! `GET /v1/api-keys`: the keys that are not revoked, including expired ones, oldest first and without their secrets. A
//! bound key gets only its client's keys.
//!
//! Errors: 400 `cursor_invalid`, 401, 403, 422 (`limit`, an unknown parameter), 429.

use shared::{
    api::{self, Error, Request, Response, contract::Operation, object, page},
    clock::Clock,
    deps,
    scope::Scope,
    store::{Gate, StoredKey},
};

/// The list's name in its cursors.
const LIST: &str = "api-keys";

deps! {
    pub struct Deps {
        pub gate: Gate,
        pub clock: Clock,
    }
}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::get("/v1/api-keys", "listKeys", "API keys", "List API keys")
        .describe("The keys that are not revoked, including expired ones, oldest first and without their secrets. A bound key gets only its client's keys.")
        .scope(Scope::KeysManage)
        .pages::<object::ApiKey>("A page of keys.")
}

/// # Errors
/// 400, 401, 403, 422, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let (caller, keys) = api::admit_with_keys(&deps.gate, &request, Scope::KeysManage, now).await?;

    let asked = page::asked(&request, LIST, &[])?;
    let page = page::part(keys.seen_by(caller.client), &asked, position);
    Ok(page::answer(LIST, &asked, &page, |key| object::api_key(key, now)))
}

/// By creation time; keys from the agency's setup come first.
fn position(key: &StoredKey) -> String {
    let at = key.record.minted.as_ref().map_or(0, |minted| minted.at.timestamp_millis());
    format!("{at:020}#{}", key.id)
}
