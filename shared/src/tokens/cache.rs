//! The issuer's keys, as this process knows them.
//!
//! The issuer is asked at most once a minute, whether it answers or not: nobody makes us knock by sending tokens of keys
//! that do not exist. While it is down, what is known goes on serving.

use std::{
    future::Future,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, Duration, Utc};

use super::{
    Failure,
    discovery::Unreadable,
    jwk::{Algorithm, Key, KeySet},
};

/// The least time between two questions.
const BETWEEN: Duration = Duration::minutes(1);
/// How old keys may grow before the issuer is asked again: a key that it withdraws is refused after that.
const FRESH: Duration = Duration::minutes(10);
/// How old they may grow while it does not answer: no token lives longer.
const KEPT: Duration = Duration::hours(24);

#[derive(Default)]
pub(super) struct Cache {
    known: Mutex<Option<Known>>,
    /// When the issuer was asked last. Whoever asks holds it.
    asked: tokio::sync::Mutex<Option<DateTime<Utc>>>,
}

#[derive(Clone)]
struct Known {
    keys: Arc<KeySet>,
    at: DateTime<Utc>,
}

impl Cache {
    /// The key that is meant, if the issuer has it. `fetch` is polled only where it is due.
    pub(super) async fn find(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
        now: DateTime<Utc>,
        fetch: impl Future<Output = Result<KeySet, Unreadable>>,
    ) -> Result<Option<Arc<Key>>, Failure> {
        let known = self.known(now);
        let found = known.as_ref().and_then(|known| known.keys.find(id, algorithm));
        if found.is_some() && known.is_some_and(|known| now - known.at < FRESH) {
            return Ok(found);
        }
        let mut asked = match self.asked.try_lock() {
            Ok(asked) => asked,
            // Somebody is asking. Only who has no key has to wait for the answer.
            Err(_) if found.is_some() => return Ok(found),
            Err(_) => self.asked.lock().await,
        };
        if asked.is_none_or(|at| now - at >= BETWEEN) {
            *asked = Some(now);
            match fetch.await {
                Ok(keys) => self.keep(Known { keys: Arc::new(keys), at: now }),
                Err(error) => tracing::warn!(%error, "the issuer's keys cannot be read"),
            }
        }
        match self.known(now) {
            Some(known) => Ok(known.keys.find(id, algorithm)),
            None => {
                let next = asked.map_or(BETWEEN, |at| at + BETWEEN - now);
                Err(Failure::Unavailable { retry_after: next.num_seconds().max(1) })
            }
        }
    }

    fn known(&self, now: DateTime<Utc>) -> Option<Known> {
        let known = self.known.lock().expect("nothing panics while it holds this lock");
        known.clone().filter(|known| now - known.at < KEPT)
    }

    fn keep(&self, known: Known) {
        *self.known.lock().expect("nothing panics while it holds this lock") = Some(known);
    }
}
