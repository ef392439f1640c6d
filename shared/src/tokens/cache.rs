//! The issuer's keys, cached in this process.
//!
//! They are fetched at most once a minute, whether or not the fetch succeeds, so that tokens with unknown key ids cannot
//! cause requests to the issuer. While the issuer is down, cached keys stay in use.

use std::{
    future::Future,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, Duration, Utc};

use super::{
    VerifyError,
    discovery::DiscoveryError,
    jwk::{Algorithm, KeySet, VerifyingKey},
};

/// The shortest time between two fetches.
const FETCH_INTERVAL: Duration = Duration::minutes(1);
/// The age at which keys are fetched again. A key that the issuer withdraws is accepted until then.
const REFRESH_AFTER: Duration = Duration::minutes(10);
/// The age at which keys are dropped while fetches fail. No token lives longer.
const KEEP_FOR: Duration = Duration::hours(24);

#[derive(Default)]
pub(super) struct KeyCache {
    cached: Mutex<Option<CachedKeys>>,
    /// The time of the last fetch. The lock is held during a fetch.
    last_fetch: tokio::sync::Mutex<Option<DateTime<Utc>>>,
}

#[derive(Clone)]
struct CachedKeys {
    keys: Arc<KeySet>,
    fetched_at: DateTime<Utc>,
}

impl KeyCache {
    /// The key with this id and algorithm, or `None` if the issuer has no such key. `fetch` is polled only when a fetch is
    /// due.
    pub(super) async fn find(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
        now: DateTime<Utc>,
        fetch: impl Future<Output = Result<KeySet, DiscoveryError>>,
    ) -> Result<Option<Arc<VerifyingKey>>, VerifyError> {
        let cached = self.cached(now);
        let found = cached.as_ref().and_then(|cached| cached.keys.find(id, algorithm));
        if found.is_some() && cached.is_some_and(|cached| now - cached.fetched_at < REFRESH_AFTER) {
            return Ok(found);
        }
        let mut last_fetch = match self.last_fetch.try_lock() {
            Ok(last_fetch) => last_fetch,
            // A fetch is under way. Only a caller without a key waits for it.
            Err(_) if found.is_some() => return Ok(found),
            Err(_) => self.last_fetch.lock().await,
        };
        if last_fetch.is_none_or(|at| now - at >= FETCH_INTERVAL) {
            *last_fetch = Some(now);
            match fetch.await {
                Ok(keys) => self.store(CachedKeys { keys: Arc::new(keys), fetched_at: now }),
                Err(error) => tracing::warn!(%error, "the issuer's keys cannot be read"),
            }
        }
        match self.cached(now) {
            Some(cached) => Ok(cached.keys.find(id, algorithm)),
            None => {
                let wait = last_fetch.map_or(FETCH_INTERVAL, |at| at + FETCH_INTERVAL - now);
                Err(VerifyError::Unavailable { retry_after: wait.num_seconds().max(1) })
            }
        }
    }

    fn cached(&self, now: DateTime<Utc>) -> Option<CachedKeys> {
        let cached = self.cached.lock().expect("nothing panics while it holds this lock");
        cached.clone().filter(|cached| now - cached.fetched_at < KEEP_FOR)
    }

    fn store(&self, keys: CachedKeys) {
        *self.cached.lock().expect("nothing panics while it holds this lock") = Some(keys);
    }
}

#[cfg(test)]
mod tests;
