//! A key, as the gate keeps it, and the mark that stays of it.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Error, Item, Store, key, keys, to_item};
use crate::{
    id::{ClientId, KeyId, SubjectId},
    scope::{self, Scope},
    tenant::Tenant,
};

/// What the gate keeps of a key. Every request of the agency writes all of them: they stay small.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// SHA-256 of the key, in hexadecimal.
    pub digest: String,
    #[serde(deserialize_with = "scope::known")]
    pub scopes: Vec<Scope>,
    /// Epoch seconds.
    pub expires_at: i64,
    pub client: Option<ClientId>,
    pub label: String,
    /// The day of the last request that was admitted.
    pub last_used: Option<String>,
    /// None for a key that was set up with its agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minted: Option<Minted>,
}

/// How a key came about by API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minted {
    pub by: MinterId,
    pub at: DateTime<Utc>,
    /// SHA-256 of the request, in hexadecimal.
    pub fingerprint: String,
}

/// Who minted a key: another key, or whoever held an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum MinterId {
    Key(KeyId),
    Subject(SubjectId),
}

/// Who may mint, and within what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minter {
    pub id: MinterId,
    pub scopes: Vec<Scope>,
    /// Epoch seconds.
    pub expires_at: i64,
}

impl KeyRecord {
    /// The key that minted it; none was one if an access token did.
    pub(super) fn minting_key(&self) -> Option<KeyId> {
        match self.minted.as_ref()?.by {
            MinterId::Key(id) => Some(id),
            MinterId::Subject(_) => None,
        }
    }
}

/// A key: in the gate, or gone from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub id: KeyId,
    pub record: KeyRecord,
    /// When it was taken out of the gate, in epoch seconds.
    pub retired_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum KeyStatus {
    Active,
    Expired,
    Revoked,
}

impl Key {
    #[must_use]
    pub fn status(&self, now: DateTime<Utc>) -> KeyStatus {
        match self.retired_at {
            _ if self.record.expires_at <= self.retired_at.unwrap_or_else(|| now.timestamp()) => KeyStatus::Expired,
            None => KeyStatus::Active,
            Some(_) => KeyStatus::Revoked,
        }
    }

    /// Whether a credential that is bound to `bound`, or to none, may know of it.
    #[must_use]
    pub fn is_seen_by(&self, bound: Option<ClientId>) -> bool {
        bound.is_none() || self.record.client == bound
    }
}

/// What stays of a key that is gone: its id is never given again, and its creation is answered as what became of it.
#[derive(Serialize, Deserialize)]
struct MarkItem {
    pk: String,
    sk: String,
    retired_at: i64,
    #[serde(flatten)]
    record: KeyRecord,
}

/// The mark of a key that is about to go.
pub(super) fn mark(tenant: Tenant, id: KeyId, record: &KeyRecord, now: DateTime<Utc>) -> Item {
    to_item(&MarkItem {
        pk: keys::key_mark(tenant, id),
        sk: keys::KEY.into(),
        retired_at: now.timestamp(),
        record: record.clone(),
    })
}

impl Store {
    pub(super) async fn find_mark(&self, tenant: Tenant, id: KeyId) -> Result<Option<Key>, Error> {
        let item: Option<MarkItem> = self.get(key(keys::key_mark(tenant, id), keys::KEY)).await?;
        Ok(item.map(|item| Key { id, record: item.record, retired_at: Some(item.retired_at) }))
    }
}
