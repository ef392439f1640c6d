//! A key as stored in the gate, and the mark that remains after its removal.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Error, Item, Store, key, keys, to_item};
use crate::{
    id::{ClientId, KeyId, SubjectId},
    scope::{self, Scope},
    tenant::Tenant,
};

/// The stored part of a key. Every request of the agency rewrites all of them, so they must stay small.
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
    /// The day of the last admitted request.
    pub last_used: Option<String>,
    /// `None` for a key that was created together with its agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minted: Option<Minted>,
}

/// How a key was created through the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minted {
    pub by: MinterId,
    pub at: DateTime<Utc>,
    /// SHA-256 of the request, in hexadecimal.
    pub fingerprint: String,
}

/// What minted a key: another key, or the subject of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum MinterId {
    Key(KeyId),
    Subject(SubjectId),
}

/// A credential that may mint keys, and the limits for what it mints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minter {
    pub id: MinterId,
    pub scopes: Vec<Scope>,
    /// Epoch seconds.
    pub expires_at: i64,
}

impl KeyRecord {
    /// The key that minted it; `None` if an access token did.
    pub(super) fn minting_key(&self) -> Option<KeyId> {
        match self.minted.as_ref()?.by {
            MinterId::Key(id) => Some(id),
            MinterId::Subject(_) => None,
        }
    }
}

/// A key that is in the gate or was removed from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    pub id: KeyId,
    pub record: KeyRecord,
    /// When it was removed from the gate, in epoch seconds.
    pub retired_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum KeyStatus {
    Active,
    Expired,
    Revoked,
}

impl StoredKey {
    #[must_use]
    pub fn status(&self, now: DateTime<Utc>) -> KeyStatus {
        match self.retired_at {
            _ if self.record.expires_at <= self.retired_at.unwrap_or_else(|| now.timestamp()) => KeyStatus::Expired,
            None => KeyStatus::Active,
            Some(_) => KeyStatus::Revoked,
        }
    }

    /// Whether a credential bound to client `bound` (`None`: unbound) may see this key.
    #[must_use]
    pub fn is_seen_by(&self, bound: Option<ClientId>) -> bool {
        bound.is_none() || self.record.client == bound
    }
}

/// Remains after a key is removed: its id is never used again, and a replay of its creation returns its current state.
#[derive(Serialize, Deserialize)]
struct MarkItem {
    pk: String,
    sk: String,
    retired_at: i64,
    #[serde(flatten)]
    record: KeyRecord,
}

/// The mark of a key that is about to be removed.
pub(super) fn mark(tenant: Tenant, id: KeyId, record: &KeyRecord, now: DateTime<Utc>) -> Item {
    to_item(&MarkItem {
        pk: keys::key_mark(tenant, id),
        sk: keys::KEY.into(),
        retired_at: now.timestamp(),
        record: record.clone(),
    })
}

impl Store {
    pub(super) async fn find_mark(&self, tenant: Tenant, id: KeyId) -> Result<Option<StoredKey>, Error> {
        let item: Option<MarkItem> = self.get(key(keys::key_mark(tenant, id), keys::KEY)).await?;
        Ok(item.map(|item| StoredKey { id, record: item.record, retired_at: Some(item.retired_at) }))
    }
}
