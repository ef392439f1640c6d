//! Removing keys from a gate. They are refused from the next request on.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use super::{
    super::{Error, number, transact},
    AgencyKeys, Gate, Holder, MinterId, StoredKey, key,
};
use crate::id::KeyId;

impl Gate {
    /// Revokes a key, and with `minted` all keys that it minted, directly or through others. Returns all revoked keys.
    pub async fn revoke(
        &self,
        keys: &AgencyKeys,
        id: KeyId,
        minted: bool,
        now: DateTime<Utc>,
    ) -> Result<BTreeSet<KeyId>, Error> {
        let (mut keys, mut revoked, mut gone) = (keys.clone(), BTreeSet::new(), HashMap::new());
        loop {
            let mut ids = if minted { self.came_of(id, &keys, &mut gone).await? } else { BTreeSet::new() };
            if keys.records.contains_key(&id) {
                ids.insert(id);
            }
            if ids.is_empty() {
                return Ok(revoked);
            }
            // Repeat: one of these keys may have minted another meanwhile. From here on it cannot.
            keys = self.retire(&keys, &ids, now).await?;
            revoked.extend(ids);
        }
    }

    /// Whether the admitted credential is this key, or minted it, directly or through other keys.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn is_own(&self, keys: &AgencyKeys, key: &StoredKey) -> Result<bool, Error> {
        let minter = |key: &StoredKey| key.record.minted.as_ref().map(|minted| minted.by);
        let (mut id, mut above) = (key.id, minter(key));
        loop {
            match (&keys.holder, &above) {
                (Holder::Operator, _) => return Ok(true),
                (Holder::Key(own), _) if *own == id => return Ok(true),
                (Holder::Token(token), Some(MinterId::Subject(subject))) => return Ok(*subject == token.subject),
                _ => {}
            }
            let Some(MinterId::Key(next)) = above else { return Ok(false) };
            // Also one that was revoked.
            let Some(found) = self.find_key(keys, next).await? else { return Ok(false) };
            (id, above) = (found.id, minter(&found));
        }
    }

    /// Removes these keys and returns the remaining ones.
    pub(super) async fn retire(
        &self,
        keys: &AgencyKeys,
        ids: &BTreeSet<KeyId>,
        now: DateTime<Utc>,
    ) -> Result<AgencyKeys, Error> {
        // Marks are written first, so that every removed key has one.
        let marks = ids.iter().filter_map(|id| Some(key::mark(keys.tenant, *id, keys.records.get(id)?, now)));
        let marks = marks.map(|mark| transact::overwrite(&self.store.table, mark)).collect();
        self.store.transact(marks).await?;
        let removed: Vec<String> = (0..ids.len()).map(|n| format!("#keys.#k{n}")).collect();
        let write = self.store.write_gate(keys.tenant, |update| {
            let update = update
                .update_expression(format!("REMOVE {} ADD #removed :one", removed.join(", ")))
                // Without this condition, the update would create a gate.
                .condition_expression("attribute_exists(pk)")
                .expression_attribute_names("#keys", "keys")
                .expression_attribute_names("#removed", "removed")
                .expression_attribute_values(":one", number(1));
            ids.iter()
                .enumerate()
                .fold(update, |update, (n, id)| update.expression_attribute_names(format!("#k{n}"), id.to_string()))
        });
        let gate = match write.await? {
            Ok(gate) => Some(gate),
            Err(gate) => gate,
        };
        self.known.learn(keys.tenant, gate.as_ref());
        Ok(keys.seen_again(gate))
    }

    /// The existing keys that `id` minted, directly or through others. The marks of removed keys are followed as well:
    /// otherwise revoking a key in between would hide the keys that it minted.
    async fn came_of(
        &self,
        id: KeyId,
        keys: &AgencyKeys,
        gone: &mut HashMap<KeyId, Option<KeyId>>,
    ) -> Result<BTreeSet<KeyId>, Error> {
        let mut came = BTreeSet::new();
        for (key, record) in &keys.records {
            let mut above = record.minting_key();
            while let Some(minter) = above.filter(|minter| *minter != id) {
                above = match (keys.records.get(&minter), gone.get(&minter)) {
                    (Some(record), _) => record.minting_key(),
                    (None, Some(known)) => *known,
                    (None, None) => {
                        let mark = self.store.find_mark(keys.tenant, minter).await?;
                        let read = mark.and_then(|key| key.record.minting_key());
                        gone.insert(minter, read);
                        read
                    }
                };
            }
            if above.is_some() {
                came.insert(*key);
            }
        }
        Ok(came)
    }
}
