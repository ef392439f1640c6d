use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    id::{ClientId, KeyId},
    scope::Scope,
    secret::Secret,
    store::{KeyStatus, MinterId, StoredKey},
};

/// An API key; its secret only in the answer that creates it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey<'a> {
    #[schemars(extend("const" = "api_key"))]
    object: &'static str,
    id: KeyId,
    /// What the agency calls it.
    label: &'a str,
    /// What it may do.
    scopes: &'a [Scope],
    /// The client that it is bound to; `null`: none.
    client_id: Option<ClientId>,
    status: KeyStatus,
    /// `null` for a key that was set up with its agency.
    created_at: Option<DateTime<Utc>>,
    expires_at: DateTime<Utc>,
    /// The day of the last request that was admitted; `null`: there was none.
    #[schemars(with = "Option<NaiveDate>")]
    last_used_on: Option<&'a str>,
    /// The key that created it, or the subject whose access token did; `null` for a key that was set up with its agency.
    minted_by: Option<MinterId>,
}

/// A key with its secret, which is shown once.
#[derive(Serialize, JsonSchema)]
pub struct NewApiKey<'a> {
    #[serde(flatten)]
    api_key: ApiKey<'a>,
    /// The key itself, shown this once: keep it where secrets are kept. A replay answers without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
}

/// A key that is gone, and what went with it.
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

/// With `secret`, the key itself: for whoever creates it, once.
#[must_use]
pub fn new_api_key<'a>(key: &'a StoredKey, now: DateTime<Utc>, secret: Option<&'a Secret>) -> NewApiKey<'a> {
    NewApiKey { api_key: api_key(key, now), key: secret.map(Secret::expose) }
}
