//! Adding keys to a gate, with one conditional write each.

use chrono::{DateTime, Utc};

use super::{
    super::{Error, number, to_value},
    Gate, Holder, KeyRecord, KeyRing, StoredKey,
    ended::{STANDS, by_issue},
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
    pub async fn find_key(&self, ring: &KeyRing, id: KeyId) -> Result<Option<StoredKey>, Error> {
        match ring.find(id) {
            Some(key) => Ok(Some(key)),
            None => self.store.find_mark(ring.tenant, id).await,
        }
    }

    /// Adds a key whose id [`Self::find_key`] did not find in the same `ring`. Expired keys are removed if it needs
    /// their place.
    pub async fn mint(&self, ring: &KeyRing, id: KeyId, record: &KeyRecord, now: DateTime<Utc>) -> Result<Mint, Error> {
        let mut ring = ring.clone();
        loop {
            match self.add(&ring, id, record).await? {
                None => return Ok(Mint::New),
                Some(found) => ring = found,
            }
            if let Some(given) = self.find_key(&ring, id).await? {
                // Our own write, found by a retry after a lost reply: nobody else has its secret.
                let own = given.record.digest == record.digest && given.retired_at.is_none();
                return Ok(if own { Mint::New } else { Mint::Given(Box::new(given)) });
            }
            if !ring.may_mint() {
                return Ok(Mint::MinterGone);
            }
            if ring.keys.len() >= MOST_KEYS {
                let expired = ring.expired(now);
                if expired.is_empty() {
                    return Ok(Mint::Full);
                }
                ring = self.retire(&ring, &expired, now).await?;
            }
        }
    }

    /// `None` if it was added; otherwise the keys as the failed write found them.
    async fn add(&self, ring: &KeyRing, id: KeyId, record: &KeyRecord) -> Result<Option<KeyRing>, Error> {
        let write = self.store.write_gate(ring.tenant, |update| {
            let (update, minter) = match &ring.holder {
                Holder::Key(id) => {
                    (update.expression_attribute_names("#minter", id.to_string()), "attribute_exists(#keys.#minter)")
                }
                Holder::Token(token) => (by_issue(update, token), STANDS),
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
                .expression_attribute_values(":removed", number(ring.removed))
        });
        Ok(write.await?.err().map(|found| ring.seen_again(found)))
    }
}
