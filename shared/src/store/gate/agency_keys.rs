//! An agency's keys as one read or write found them. No I/O.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use super::{GateItem, Holder, KeyRecord, Minter, MinterId, StoredKey, revocation};
use crate::{
    id::{ClientId, KeyId},
    tenant::Tenant,
};

/// The revocation time of a gate that does not exist: every token is revoked.
const NO_GATE: Option<DateTime<Utc>> = Some(DateTime::<Utc>::MAX_UTC);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyKeys {
    pub tenant: Tenant,
    /// Who manages the keys.
    pub holder: Holder,
    pub(super) records: HashMap<KeyId, KeyRecord>,
    /// How many keys were ever removed from the gate. While it is unchanged, keys were only added.
    pub(super) removed: u32,
    tokens_not_before: Option<DateTime<Utc>>,
}

impl AgencyKeys {
    pub(super) fn new(tenant: Tenant, holder: Holder, gate: GateItem) -> Self {
        Self { tenant, holder, records: gate.keys, removed: gate.removed, tokens_not_before: gate.tokens_not_before }
    }

    /// The keys as another write found them. Without a gate there are no keys, and tokens are refused.
    pub(super) fn seen_again(&self, gate: Option<GateItem>) -> Self {
        match gate {
            Some(gate) => Self::new(self.tenant, self.holder.clone(), gate),
            None => Self { records: HashMap::new(), tokens_not_before: NO_GATE, ..self.clone() },
        }
    }

    /// The admitted credential as a minter. `None` if it was revoked meanwhile, and for the operator, who mints without
    /// limits.
    #[must_use]
    pub fn minter(&self) -> Option<Minter> {
        match &self.holder {
            Holder::Key(id) => self.records.get(id).map(|record| Minter {
                id: MinterId::Key(*id),
                scopes: record.scopes.clone(),
                expires_at: record.expires_at,
            }),
            Holder::Token(token) => revocation::is_valid(token, self.tokens_not_before).then(|| Minter {
                id: MinterId::Subject(token.subject),
                scopes: token.scopes.clone(),
                expires_at: token.expires_at.timestamp(),
            }),
            Holder::Operator => None,
        }
    }

    /// Whether a key may still be added: neither the credential nor the gate has been removed.
    pub(super) fn may_mint(&self) -> bool {
        match self.holder {
            Holder::Operator => self.tokens_not_before != NO_GATE,
            Holder::Key(_) | Holder::Token(_) => self.minter().is_some(),
        }
    }

    /// An existing key, expired or not.
    #[must_use]
    pub fn find(&self, id: KeyId) -> Option<StoredKey> {
        self.records.get(&id).map(|record| StoredKey { id, record: record.clone(), retired_at: None })
    }

    /// The keys that a credential bound to client `bound` (`None`: unbound) may see, in no particular order.
    #[must_use]
    pub fn seen_by(&self, bound: Option<ClientId>) -> Vec<StoredKey> {
        let mut keys: Vec<StoredKey> = self.records.keys().filter_map(|id| self.find(*id)).collect();
        keys.retain(|key| key.is_seen_by(bound));
        keys
    }

    pub(super) fn expired(&self, now: DateTime<Utc>) -> BTreeSet<KeyId> {
        let expired = self.records.iter().filter(|(_, record)| record.expires_at <= now.timestamp());
        expired.map(|(id, _)| *id).collect()
    }
}
