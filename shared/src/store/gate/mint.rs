//! Adding keys to a gate, with one conditional write each.

use chrono::{DateTime, Utc};

use super::{
    super::{Error, number, to_value},
    AgencyKeys, Gate, Holder, KeyRecord, StoredKey,
    revocation::{NOT_REVOKED, by_issue},
};
use crate::id::KeyId;

/// Maximum number of an agency's keys per mode, because every request of the agency rewrites them all.
pub const MOST_KEYS: usize = 20;

/// The result of minting a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Mint {
    New,
    /// The id was used before, for this key, which may have been removed since.
    Given(Box<StoredKey>),
    /// The maximum number of keys exists, and none of them has expired.
    Full,
    /// The minting credential was revoked concurrently.
    MinterGone,
}

impl Gate {
    /// Finds the key of an id that was used before, removed or not.
    pub async fn find_key(&self, keys: &AgencyKeys, id: KeyId) -> Result<Option<StoredKey>, Error> {
        match keys.find(id) {
            Some(key) => Ok(Some(key)),
            None => self.store.find_mark(keys.tenant, id).await,
        }
    }

    /// Adds a key whose id [`Self::find_key`] did not find in the same `keys`. Expired keys are removed if it needs
    /// their place.
    pub async fn mint(
        &self,
        keys: &AgencyKeys,
        id: KeyId,
        record: &KeyRecord,
        now: DateTime<Utc>,
    ) -> Result<Mint, Error> {
        let mut keys = keys.clone();
        loop {
            match self.add(&keys, id, record).await? {
                None => return Ok(Mint::New),
                Some(found) => keys = found,
            }
            if let Some(given) = self.find_key(&keys, id).await? {
                // Our own write, found by a retry after a lost reply: nobody else has its secret.
                let own = given.record.digest == record.digest && given.retired_at.is_none();
                return Ok(if own { Mint::New } else { Mint::Given(Box::new(given)) });
            }
            if !keys.may_mint() {
                return Ok(Mint::MinterGone);
            }
            if keys.records.len() >= MOST_KEYS {
                let expired = keys.expired(now);
                if expired.is_empty() {
                    return Ok(Mint::Full);
                }
                keys = self.retire(&keys, &expired, now).await?;
            }
        }
    }

    /// `None` if it was added; otherwise the keys as the failed write found them.
    async fn add(&self, keys: &AgencyKeys, id: KeyId, record: &KeyRecord) -> Result<Option<AgencyKeys>, Error> {
        let write = self.store.write_gate(keys.tenant, |update| {
            let (update, minter) = match &keys.holder {
                Holder::Key(id) => {
                    (update.expression_attribute_names("#minter", id.to_string()), "attribute_exists(#keys.#minter)")
                }
                Holder::Token(token) => (by_issue(update, token), NOT_REVOKED),
                Holder::Operator => (update, "attribute_exists(pk)"),
            };
            update
                .update_expression("SET #keys.#k = :record")
                // Concurrent writes must not exceed the maximum together, and a revoked minter must not add keys.
                // `removed` must be unchanged, because a key removed since the keys were read could have had this id.
                .condition_expression(format!(
                    "attribute_not_exists(#keys.#k) AND {minter} AND size(#keys) < :most \
                     AND (attribute_not_exists(#removed) OR #removed = :removed)",
                ))
                .expression_attribute_names("#keys", "keys")
                .expression_attribute_names("#k", id.to_string())
                .expression_attribute_names("#removed", "removed")
                .expression_attribute_values(":record", to_value(record))
                .expression_attribute_values(":most", number(MOST_KEYS))
                .expression_attribute_values(":removed", number(keys.removed))
        });
        match write.await? {
            Ok(gate) => {
                self.known.learn(keys.tenant, Some(&gate));
                Ok(None)
            }
            Err(found) => Ok(Some(keys.seen_again(found))),
        }
    }
}
