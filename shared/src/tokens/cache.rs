//! The issuer's keys, cached in this process.
//!
//! They are fetched at most once a minute, whether or not the fetch succeeds, so that tokens with unknown key ids cannot
//! cause requests to the issuer. While the issuer is down, cached keys stay in use.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Duration, Utc};
use tokio::sync::OwnedMutexGuard;

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
    cached: Arc<Mutex<Option<CachedKeys>>>,
    /// The time of the last fetch. The lock is held during a fetch.
    last_fetch: Arc<tokio::sync::Mutex<Option<DateTime<Utc>>>>,
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
        fetch: impl Future<Output = Result<KeySet, DiscoveryError>> + Send + 'static,
    ) -> Result<Option<Arc<VerifyingKey>>, VerifyError> {
        let cached = self.cached(now);
        let found = cached.as_ref().and_then(|cached| cached.keys.find(id, algorithm));
        if found.is_some() && cached.is_some_and(|cached| now - cached.fetched_at < REFRESH_AFTER) {
            return Ok(found);
        }
        let last_fetch = match Arc::clone(&self.last_fetch).try_lock_owned() {
            Ok(last_fetch) => last_fetch,
            // A fetch is under way. Only a caller without a key waits for it.
            Err(_) if found.is_some() => return Ok(found),
            Err(_) => Arc::clone(&self.last_fetch).lock_owned().await,
        };
        let last_fetch = match *last_fetch {
            Some(at) if now - at < FETCH_INTERVAL => at,
            _ => {
                self.refresh(last_fetch, now, fetch).await;
                now
            }
        };
        match self.cached(now) {
            Some(cached) => Ok(cached.keys.find(id, algorithm)),
            None => {
                let wait = last_fetch + FETCH_INTERVAL - now;
                Err(VerifyError::Unavailable { retry_after: wait.num_seconds().max(1) })
            }
        }
    }

    /// Fetches the keys in a task of its own. A caller that hangs up drops its future, and the fetch that was counted for
    /// this minute has to finish anyway: the next caller needs the keys.
    async fn refresh(
        &self,
        mut last_fetch: OwnedMutexGuard<Option<DateTime<Utc>>>,
        now: DateTime<Utc>,
        fetch: impl Future<Output = Result<KeySet, DiscoveryError>> + Send + 'static,
    ) {
        let cached = Arc::clone(&self.cached);
        let fetching = tokio::spawn(async move {
            *last_fetch = Some(now);
            match fetch.await {
                Ok(keys) => {
                    let keys = CachedKeys { keys: Arc::new(keys), fetched_at: now };
                    *cached.lock().unwrap_or_else(PoisonError::into_inner) = Some(keys);
                }
                Err(error) => tracing::warn!(%error, "the issuer's keys cannot be read"),
            }
        });
        if let Err(panic) = fetching.await {
            tracing::error!(%panic, "the fetch of the issuer's keys has failed");
        }
    }

    fn cached(&self, now: DateTime<Utc>) -> Option<CachedKeys> {
        let cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        cached.clone().filter(|cached| now - cached.fetched_at < KEEP_FOR)
    }
}

#[cfg(test)]
mod tests;
