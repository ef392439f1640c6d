//! The gate: one item per agency and mode. One conditional write authenticates a request and applies the rate limit.
//!
//! The credential contains agency and key id, so nothing has to be looked up first; an access token has been verified
//! before. Many keys that the agency does not have are refused before the write. Counters are named after their hour, so a new hour needs no reset.

mod agency;
mod agency_keys;
mod count;
mod credential;
mod key;
mod known;
mod mint;
mod retire;
mod revocation;
mod setup;
mod write;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

pub use agency::MovedBack;
pub use agency_keys::AgencyKeys;
pub use credential::{Credential, Holder};
pub use key::{KeyRecord, KeyStatus, Minted, Minter, MinterId, StoredKey};
pub use known::Screened;
pub use mint::{MOST_KEYS, Mint};

use self::known::KnownKeys;
use super::{Error, Store};
use crate::{
    agency::Limits,
    id::{ClientId, KeyId},
    scope::Scope,
    tenant::Tenant,
    tokens::Issuer,
};

/// How long a function remembers a refused digest, so that repeated requests with it cost nothing.
const REMEMBERED: Duration = Duration::seconds(30);
/// How many digests it remembers.
const MEMORY: usize = 10_000;

/// Reads and writes are limited separately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Read,
    Write,
}

impl Use {
    const fn letter(self) -> char {
        match self {
            Self::Read => 'r',
            Self::Write => 'w',
        }
    }

    const fn limit(self) -> &'static str {
        match self {
            Self::Read => "read_limit",
            Self::Write => "write_limit",
        }
    }
}

#[derive(Serialize, Deserialize)]
struct GateItem {
    pk: String,
    sk: String,
    name: String,
    #[serde(flatten)]
    limits: Limits,
    used: BTreeMap<String, u32>,
    keys: HashMap<KeyId, KeyRecord>,
    /// How many keys were ever removed.
    #[serde(default)]
    removed: u32,
    /// Access tokens issued before this time, or within its second, are revoked.
    #[serde(default, with = "chrono::serde::ts_milliseconds_option", skip_serializing_if = "Option::is_none")]
    tokens_not_before: Option<DateTime<Utc>>,
    tenant_list: String,
    listed_at: String,
}

/// A gate to create.
#[derive(Debug, Clone)]
pub struct NewGate {
    pub tenant: Tenant,
    /// The agency's name as shown to customers.
    pub name: String,
    pub limits: Limits,
    pub keys: Vec<(KeyId, KeyRecord)>,
}

/// The gate admitted and counted a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    pub client: Option<ClientId>,
    pub rate: RateLimit,
    pub keys: AgencyKeys,
}

/// The limit of the current hour, and what remains of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    pub limit: u32,
    pub remaining: u32,
    /// Seconds to the end of the counted hour.
    pub reset: i64,
}

/// Why the gate refuses a request, in the order of the checks. Refused requests are not counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// The key is unknown, revoked or expired; or the token is revoked or its agency unknown. Callers are not told
    /// which.
    Unauthenticated,
    /// The key is unknown here, and too many others of its agency were, too. It may be valid a second later.
    TooManyUnknownKeys,
    InsufficientScope(Scope, RateLimit),
    Limited(RateLimit),
}

/// The gate of every tenant.
#[derive(Clone)]
pub struct Gate {
    store: Store,
    issuer: Option<Issuer>,
    refused: Arc<Mutex<HashMap<[u8; 32], DateTime<Utc>>>>,
    known: Arc<KnownKeys>,
}

impl Gate {
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store, issuer: None, refused: Arc::default(), known: Arc::default() }
    }

    /// Accepts access tokens as well, if there is an issuer.
    #[must_use]
    pub fn trusting(self, issuer: Option<Issuer>) -> Self {
        Self { issuer, ..self }
    }

    /// The verifier of access tokens. `None`: tokens are refused.
    #[must_use]
    pub const fn issuer(&self) -> Option<&Issuer> {
        self.issuer.as_ref()
    }

    /// Admits and counts a request. Without a scope every valid credential is admitted.
    pub async fn admit(
        &self,
        screened: Screened<'_>,
        scope: Option<Scope>,
        usage: Use,
        now: DateTime<Utc>,
    ) -> Result<Result<Admitted, Denied>, Error> {
        let credential = screened.credential;
        let (tenant, digest) = (credential.tenant(), credential.digest());
        let mut hour = now.timestamp() / 3600;
        loop {
            let old = match self.store.count(credential, scope, usage, now, hour).await? {
                Ok(gate) => {
                    self.known.learn(tenant, Some(&gate));
                    self.store.sweep(tenant, &gate, hour).await;
                    return Ok(Ok(admitted(gate, credential, usage, now, hour)));
                }
                Err(old) => old,
            };
            self.known.learn(tenant, old.as_ref());
            let Some((gate, scopes)) = old.as_ref().and_then(|gate| Some((gate, credential.scopes(gate, now)?))) else {
                self.remember(digest, now);
                return Ok(Err(Denied::Unauthenticated));
            };
            // Another function's clock may already be in the next hour. Count in that hour then.
            let later = latest_hour(&gate.used, usage).filter(|later| *later > hour);
            let rate = rate(gate, usage, now, later.unwrap_or(hour));
            if let Some(lacking) = scope.filter(|scope| !scopes.contains(scope)) {
                return Ok(Err(Denied::InsufficientScope(lacking, rate)));
            }
            match later {
                Some(later) => hour = later,
                None => return Ok(Err(Denied::Limited(rate))),
            }
        }
    }

    fn recently_refused(&self, digest: &[u8; 32], now: DateTime<Utc>) -> bool {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(digest).is_some_and(|at| *at <= now && now - *at < REMEMBERED)
    }

    fn remember(&self, digest: [u8; 32], now: DateTime<Utc>) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() >= MEMORY {
            refused.retain(|_, at| now - *at < REMEMBERED);
        }
        if refused.len() < MEMORY {
            refused.insert(digest, now);
        }
    }
}

fn rate(gate: &GateItem, usage: Use, now: DateTime<Utc>, hour: i64) -> RateLimit {
    let limit = match usage {
        Use::Read => gate.limits.reads,
        Use::Write => gate.limits.writes,
    };
    let used = gate.used.get(&format!("{}{hour}", usage.letter())).copied().unwrap_or_default();
    // At least one second, so that a caller who waits that long is in the next hour.
    let reset = ((hour + 1) * 3600 - now.timestamp()).max(1);
    RateLimit { limit, remaining: limit.saturating_sub(used), reset }
}

fn admitted(gate: GateItem, credential: Credential<'_>, usage: Use, now: DateTime<Utc>, hour: i64) -> Admitted {
    Admitted {
        client: credential.client(&gate),
        rate: rate(&gate, usage, now, hour),
        keys: AgencyKeys::new(credential.tenant(), credential.holder(), gate),
    }
}

fn latest_hour(used: &BTreeMap<String, u32>, usage: Use) -> Option<i64> {
    used.keys().filter_map(|name| name.strip_prefix(usage.letter())?.parse().ok()).max()
}
