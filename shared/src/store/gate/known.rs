//! The keys of agencies as this process last saw them, by their digests.
//!
//! Anyone who knows an agency's id can make any number of well-formed keys of that agency. One such key costs a write, as
//! any request does, but many of them cost a read a second. Nothing is admitted here: the write decides on a known key.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use tokio::sync::OwnedMutexGuard;

use super::{super::key as item_key, super::keys, Credential, Denied, Error, Gate, GateItem};
use crate::tenant::Tenant;

/// How many tenants are remembered. A tenant has at most [`super::MOST_KEYS`] keys.
const MEMORY: usize = 1000;
/// Unknown keys of a tenant that are looked up at one time. One more is looked up each second.
const LOOKUPS: i64 = 5;

/// A credential for which the gate may make its write.
pub struct Screened<'a> {
    pub(super) credential: Credential<'a>,
    /// The first request of a tenant. Requests that come meanwhile wait to know what it has seen.
    _first: Option<OwnedMutexGuard<()>>,
}

#[derive(Default)]
pub(super) struct KnownKeys(Mutex<HashMap<Tenant, Arc<Known>>>);

#[derive(Default)]
struct Known {
    first: Arc<tokio::sync::Mutex<()>>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// `None` until a write or a read has shown them.
    digests: Option<Vec<String>>,
    /// When all [`LOOKUPS`] are available again, in epoch seconds.
    full_at: i64,
}

/// What tells whether an unknown key is new.
enum Lookup {
    /// The write, because no other unknown key came before. So a new key costs what others cost.
    Write,
    Read,
    /// Nothing until the next second.
    None,
}

impl Gate {
    /// Refuses a credential that was refused a moment ago, and a key that is one of many unknown ones. Of those, one a
    /// second is looked up by a read, because it may be new. A known credential costs nothing.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn screen<'a>(
        &self,
        credential: Credential<'a>,
        now: DateTime<Utc>,
    ) -> Result<Result<Screened<'a>, Denied>, Error> {
        let digest = credential.digest();
        if self.recently_refused(&digest, now) {
            return Ok(Err(Denied::Unauthenticated));
        }
        let passes = |first| Ok(Ok(Screened { credential, _first: first }));
        let Credential::Key(api_key) = credential else { return passes(None) };
        let known = self.known.of(api_key.tenant);
        let first = known.wait_for_first().await;
        let text = data_encoding::HEXLOWER.encode(&digest);
        match known.contains(&text) {
            // The process has not seen the agency yet. The write tells.
            None => return passes(first),
            Some(true) => return passes(None),
            Some(false) => {}
        }
        match known.next_lookup(now) {
            Lookup::Write => return passes(None),
            Lookup::Read => {}
            Lookup::None => return Ok(Err(Denied::TooManyUnknownKeys)),
        }
        let read: Option<GateItem> = self.store.get(item_key(keys::gate(api_key.tenant), keys::GATE)).await?;
        known.learn(read.as_ref());
        if known.contains(&text) == Some(true) {
            return passes(None);
        }
        self.remember(digest, now);
        Ok(Err(Denied::Unauthenticated))
    }
}

impl KnownKeys {
    fn of(&self, tenant: Tenant) -> Arc<Known> {
        let mut all = lock(&self.0);
        if all.len() >= MEMORY && !all.contains_key(&tenant) {
            // A forgotten tenant costs nothing but that its next request is its first.
            all.clear();
        }
        Arc::clone(all.entry(tenant).or_default())
    }

    /// Remembers the keys of a gate as a write has shown it; `None`: there is no gate.
    pub(super) fn learn(&self, tenant: Tenant, gate: Option<&GateItem>) {
        self.of(tenant).learn(gate);
    }
}

impl Known {
    async fn wait_for_first(&self) -> Option<OwnedMutexGuard<()>> {
        if lock(&self.seen).digests.is_some() {
            return None;
        }
        if let Ok(first) = Arc::clone(&self.first).try_lock_owned() {
            return Some(first);
        }
        // If the first request fails, those that waited do not wait for one another.
        drop(self.first.lock().await);
        None
    }

    fn contains(&self, digest: &str) -> Option<bool> {
        Some(lock(&self.seen).digests.as_ref()?.iter().any(|known| known == digest))
    }

    fn learn(&self, gate: Option<&GateItem>) {
        let digests = || gate.into_iter().flat_map(|gate| gate.keys.values().map(|record| &record.digest));
        let mut seen = lock(&self.seen);
        // Nearly always they are the same.
        if seen.digests.as_ref().is_none_or(|known| !known.iter().eq(digests())) {
            seen.digests = Some(digests().cloned().collect());
        }
    }

    fn next_lookup(&self, now: DateTime<Utc>) -> Lookup {
        let (mut seen, now) = (lock(&self.seen), now.timestamp());
        // A clock that was set back does not lock the tenant out.
        seen.full_at = seen.full_at.clamp(now, now + LOOKUPS);
        let lookup = match seen.full_at - now {
            0 => Lookup::Write,
            LOOKUPS => return Lookup::None,
            _ => Lookup::Read,
        };
        seen.full_at += 1;
        lookup
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
