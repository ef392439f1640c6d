use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    id::{ClientId, KeyId},
    scope::Scope,
    secret::Secret,
    store::{KeyStatus, MinterId, StoredKey},
};

/// An API key without its secret, which is only in the response that creates the key.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey<'a> {
    #[schemars(extend("const" = "api_key"))]
    object: &'static str,
    id: KeyId,
    /// The agency's name for the key.
    label: &'a str,
    /// What the key may do.
    scopes: &'a [Scope],
    /// The client that the key is bound to; `null` if it is not bound.
    client_id: Option<ClientId>,
    status: KeyStatus,
    /// `null` for a key created during the agency's setup.
    created_at: Option<DateTime<Utc>>,
    expires_at: DateTime<Utc>,
    /// The day of the last admitted request; `null` before the first.
    #[schemars(with = "Option<NaiveDate>")]
    last_used_on: Option<&'a str>,
    /// The key that created it, or the subject of the access token that did; `null` for a key created during the agency's setup.
    minted_by: Option<MinterId>,
}

/// A new key with its secret, which is shown once.
#[derive(Serialize, JsonSchema)]
pub struct NewApiKey<'a> {
    #[serde(flatten)]
    api_key: ApiKey<'a>,
    /// The secret key. It is shown only once, so store it safely. A replay omits it.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
}

/// A revoked key, and the keys revoked with it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevokedApiKey<'a> {
    #[serde(flatten)]
    pub api_key: ApiKey<'a>,
    /// Only with `minted=true`: the other keys that this request revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub also_revoked: Option<Vec<KeyId>>,
}

#[must_use]
pub fn api_key(key: &StoredKey, now: DateTime<Utc>) -> ApiKey<'_> {
    let record = &key.record;
    ApiKey {
        object: "api_key",
        id: key.id,
        label: &record.label,
        scopes: &record.scopes,
        client_id: record.client,
        status: key.status(now),
        created_at: record.minted.as_ref().map(|minted| minted.at),
        expires_at: DateTime::from_timestamp(record.expires_at, 0).unwrap_or(DateTime::<Utc>::MAX_UTC),
        last_used_on: record.last_used.as_deref(),
        minted_by: record.minted.as_ref().map(|minted| minted.by),
    }
}

/// Includes `secret`, for the one response to its creation.
#[must_use]
pub fn new_api_key<'a>(key: &'a StoredKey, now: DateTime<Utc>, secret: Option<&'a Secret>) -> NewApiKey<'a> {
    NewApiKey { api_key: api_key(key, now), key: secret.map(Secret::expose) }
}
