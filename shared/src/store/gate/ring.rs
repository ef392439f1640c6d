//! The keys of a gate, as one write found them. No I/O.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use super::{GateItem, Holder, Key, KeyRecord, Minter, MinterId, ended};
use crate::{
    id::{ClientId, KeyId},
    tenant::Tenant,
};

/// Every token of a gate that is gone has ended.
const NO_GATE: Option<DateTime<Utc>> = Some(DateTime::<Utc>::MAX_UTC);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRing {
    pub tenant: Tenant,
    /// Who has it in hand.
    pub holder: Holder,
    pub(super) keys: HashMap<KeyId, KeyRecord>,
    /// How many keys were taken out of the gate, ever: while it stays, keys only came.
    pub(super) removed: u32,
    tokens_not_before: Option<DateTime<Utc>>,
}

impl KeyRing {
    pub(super) fn new(tenant: Tenant, holder: Holder, gate: GateItem) -> Self {
        Self { tenant, holder, keys: gate.keys, removed: gate.removed, tokens_not_before: gate.tokens_not_before }
    }

    /// The same, as another write found it; no gate has no keys and takes no tokens.
    pub(super) fn seen_again(&self, gate: Option<GateItem>) -> Self {
        match gate {
            Some(gate) => Self::new(self.tenant, self.holder.clone(), gate),
            None => Self { keys: HashMap::new(), tokens_not_before: NO_GATE, ..self.clone() },
        }
    }

    /// Who was admitted, as who may mint keys; none if the credential is gone meanwhile, and none for the operator, who mints
    /// within nothing.
    #[must_use]
    pub fn minter(&self) -> Option<Minter> {
        match &self.holder {
            Holder::Key(id) => self.keys.get(id).map(|record| Minter {
                id: MinterId::Key(*id),
                scopes: record.scopes.clone(),
                expires_at: record.expires_at,
            }),
            Holder::Token(token) => ended::stands(token, self.tokens_not_before).then(|| Minter {
                id: MinterId::Subject(token.subject),
                scopes: token.scopes.clone(),
                expires_at: token.expires_at.timestamp(),
            }),
            Holder::Operator => None,
        }
    }

    /// Whether a key may still be added: no credential is gone meanwhile, and no gate.
    pub(super) fn may_mint(&self) -> bool {
        match self.holder {
            Holder::Operator => self.tokens_not_before != NO_GATE,
            Holder::Key(_) | Holder::Token(_) => self.minter().is_some(),
        }
    }

    /// A key that stands, expired or not.
    #[must_use]
    pub fn find(&self, id: KeyId) -> Option<Key> {
        self.keys.get(&id).map(|record| Key { id, record: record.clone(), retired_at: None })
    }

    /// The keys that a credential bound to `bound`, or to none, may know of; in no order.
    #[must_use]
    pub fn seen_by(&self, bound: Option<ClientId>) -> Vec<Key> {
        let mut keys: Vec<Key> = self.keys.keys().filter_map(|id| self.find(*id)).collect();
        keys.retain(|key| key.is_seen_by(bound));
        keys
    }

    pub(super) fn expired(&self, now: DateTime<Utc>) -> BTreeSet<KeyId> {
        let expired = self.keys.iter().filter(|(_, record)| record.expires_at <= now.timestamp());
        expired.map(|(id, _)| *id).collect()
    }
}
