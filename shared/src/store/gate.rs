//! The gate: one item per agency and mode. Authentication and limit are one conditional write.
//!
//! The credential names its agency and key, so no look-up comes first. Counters are named for their hour, so a new hour
//! needs no reset.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::{
    operation::update_item::UpdateItemError,
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::{Error, Item, Store, from_item, key, keys, number, string, to_item, to_value};
use crate::{
    id::{ClientId, KeyId},
    key::ApiKey,
    scope::Scope,
    tenant::Tenant,
};

/// How long a function remembers a refused digest, so that a caller who keeps knocking costs nothing.
const REMEMBERED: Duration = Duration::seconds(30);
/// How many it remembers.
const MEMORY: usize = 10_000;
/// How many hours back a request cleans up counters. Older ones are left by a silent agency only.
const CLEANED_HOURS: i64 = 3;
/// How many left-over counters are swept in a write of their own: about 300 bytes.
const SWEEP_OVER: usize = 20;

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

/// Requests per clock hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    #[serde(rename = "read_limit")]
    pub reads: u32,
    #[serde(rename = "write_limit")]
    pub writes: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { reads: 60, writes: 30 }
    }
}

/// A key, as the gate keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// SHA-256 of the key, in hexadecimal.
    pub digest: String,
    pub scopes: Vec<Scope>,
    /// Epoch seconds.
    pub expires_at: i64,
    pub client: Option<ClientId>,
    pub label: String,
    /// The day of the last request that was admitted.
    pub last_used: Option<String>,
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
}

/// A gate to put up.
#[derive(Debug, Clone)]
pub struct NewGate {
    pub tenant: Tenant,
    /// The agency's name, as customers read it.
    pub name: String,
    pub limits: Limits,
    pub keys: Vec<(KeyId, KeyRecord)>,
}

/// The gate let a request in, and counted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    pub client: Option<ClientId>,
    pub limit: u32,
    pub remaining: u32,
    /// Seconds to the end of the hour that was counted in.
    pub reset: i64,
}

/// The gate's verdicts, in the order in which they are given. None of them counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The key is unknown, revoked or expired; callers learn no more.
    Unauthenticated,
    InsufficientScope,
    Limited { limit: u32, reset: i64 },
}

/// The gate of every tenant.
#[derive(Clone)]
pub struct Gate {
    store: Store,
    refused: Arc<Mutex<HashMap<[u8; 32], DateTime<Utc>>>>,
}

impl Gate {
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store, refused: Arc::default() }
    }

    /// Admits a request and counts it.
    ///
    /// # Errors
    /// The store's; a refusal is a result.
    pub async fn admit(
        &self,
        api_key: &ApiKey,
        scope: Scope,
        usage: Use,
        now: DateTime<Utc>,
    ) -> Result<Result<Admitted, Refused>, Error> {
        if self.recently_refused(&api_key.digest, now) {
            return Ok(Err(Refused::Unauthenticated));
        }
        let mut hour = now.timestamp() / 3600;
        loop {
            let old = match self.store.count(api_key, scope, usage, now, hour).await? {
                Ok(gate) => {
                    self.store.sweep(api_key.tenant, &gate, hour).await;
                    return Ok(Ok(admitted(&gate, api_key.id, usage, now, hour)));
                }
                Err(old) => old,
            };
            let Some(gate) = old else {
                self.remember(api_key.digest, now);
                return Ok(Err(Refused::Unauthenticated));
            };
            let known = gate.keys.get(&api_key.id).filter(|record| {
                record.digest == data_encoding::HEXLOWER.encode(&api_key.digest) && record.expires_at > now.timestamp()
            });
            let Some(record) = known else {
                self.remember(api_key.digest, now);
                return Ok(Err(Refused::Unauthenticated));
            };
            if !record.scopes.contains(&scope) {
                return Ok(Err(Refused::InsufficientScope));
            }
            // Another function's clock may already be in the next hour: count there.
            match latest_hour(&gate.used, usage) {
                Some(later) if later > hour => hour = later,
                _ => {
                    let limit = limit(&gate, usage);
                    return Ok(Err(Refused::Limited { limit, reset: reset(now, hour) }));
                }
            }
        }
    }

    fn recently_refused(&self, digest: &[u8; 32], now: DateTime<Utc>) -> bool {
        let refused = self.refused.lock().expect("nothing panics while it holds this lock");
        refused.get(digest).is_some_and(|at| *at <= now && now - *at < REMEMBERED)
    }

    fn remember(&self, digest: [u8; 32], now: DateTime<Utc>) {
        let mut refused = self.refused.lock().expect("nothing panics while it holds this lock");
        if refused.len() >= MEMORY {
            refused.retain(|_, at| now - *at < REMEMBERED);
        }
        if refused.len() < MEMORY {
            refused.insert(digest, now);
        }
    }

    /// The agency's name, as customers read it.
    ///
    /// # Errors
    /// The store's.
    pub async fn agency_name(&self, tenant: Tenant) -> Result<Option<String>, Error> {
        Ok(self.store.gate(tenant).await?.map(|gate| gate.name))
    }

    /// Puts up a tenant's gate, unless it stands.
    ///
    /// # Errors
    /// The store's.
    pub async fn insert(&self, new: NewGate) -> Result<(), Error> {
        let item = GateItem {
            pk: keys::gate(new.tenant),
            sk: keys::GATE.into(),
            name: new.name,
            limits: new.limits,
            used: BTreeMap::new(),
            keys: new.keys.into_iter().collect(),
        };
        let put = self.store.client.put_item().table_name(&self.store.table).set_item(Some(to_item(&item)));
        // Two starts at once must not replace each other's keys.
        match put.condition_expression("attribute_not_exists(pk)").send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => Ok(()),
            Err(error) => Err(Error::sdk(error)),
        }
    }

    /// Sets a tenant's limits.
    ///
    /// # Errors
    /// The store's; also if there is no such tenant.
    pub async fn set_limits(&self, tenant: Tenant, limits: Limits) -> Result<(), Error> {
        self.store
            .client
            .update_item()
            .table_name(&self.store.table)
            .set_key(Some(key(keys::gate(tenant), keys::GATE)))
            .update_expression("SET read_limit = :r, write_limit = :w")
            // An update would otherwise make an agency out of nothing.
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":r", number(limits.reads))
            .expression_attribute_values(":w", number(limits.writes))
            .send()
            .await
            .map(|_| ())
            .map_err(Error::sdk)
    }

    /// Adds a key to a gate that stands.
    ///
    /// # Errors
    /// The store's; also if there is no such tenant.
    pub async fn add_key(&self, tenant: Tenant, id: KeyId, record: &KeyRecord) -> Result<(), Error> {
        self.store
            .client
            .update_item()
            .table_name(&self.store.table)
            .set_key(Some(key(keys::gate(tenant), keys::GATE)))
            .update_expression("SET #keys.#k = :record")
            // A key stands for good: nobody's record is replaced by another's.
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(#keys.#k)")
            .expression_attribute_names("#keys", "keys")
            .expression_attribute_names("#k", id.to_string())
            .expression_attribute_values(":record", to_value(record))
            .send()
            .await
            .map(|_| ())
            .map_err(Error::sdk)
    }

    /// Removes a key: from the next request on it is refused, everywhere.
    ///
    /// # Errors
    /// The store's.
    pub async fn remove_key(&self, tenant: Tenant, id: KeyId) -> Result<(), Error> {
        self.store
            .client
            .update_item()
            .table_name(&self.store.table)
            .set_key(Some(key(keys::gate(tenant), keys::GATE)))
            .update_expression("REMOVE #keys.#k")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#keys", "keys")
            .expression_attribute_names("#k", id.to_string())
            .send()
            .await
            .map(|_| ())
            .map_err(Error::sdk)
    }
}

impl Store {
    /// One conditional write: the request is admitted and counted, or the gate that refused it comes back.
    async fn count(
        &self,
        api_key: &ApiKey,
        scope: Scope,
        usage: Use,
        now: DateTime<Utc>,
        hour: i64,
    ) -> Result<Result<GateItem, Option<GateItem>>, Error> {
        let past = |letter| (1..=CLEANED_HOURS).map(move |back| format!("{letter}{}", hour - back));
        let past: Vec<String> = past('r').chain(past('w')).collect();
        let removed: Vec<String> = (0..past.len()).map(|n| format!("used.#o{n}")).collect();
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::gate(api_key.tenant), keys::GATE)))
            .update_expression(format!(
                "SET used.#h = if_not_exists(used.#h, :zero) + :one, #keys.#k.last_used = :day REMOVE {}",
                removed.join(", ")
            ))
            // Whoever revokes the key or reaches the limit first is seen here: nothing is read before.
            .condition_expression(format!(
                "#keys.#k.digest = :digest AND #keys.#k.expires_at > :now AND contains(#keys.#k.scopes, :scope) \
                 AND (attribute_not_exists(used.#h) OR used.#h < {}) AND attribute_not_exists(used.#next)",
                usage.limit()
            ))
            .expression_attribute_names("#keys", "keys")
            .expression_attribute_names("#k", api_key.id.to_string())
            .expression_attribute_names("#h", format!("{}{hour}", usage.letter()))
            .expression_attribute_names("#next", format!("{}{}", usage.letter(), hour + 1))
            .expression_attribute_values(":zero", number(0))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":day", string(now.format("%Y-%m-%d").to_string()))
            .expression_attribute_values(":digest", string(data_encoding::HEXLOWER.encode(&api_key.digest)))
            .expression_attribute_values(":now", number(now.timestamp()))
            .expression_attribute_values(":scope", string(scope.as_str()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (n, name) in past.into_iter().enumerate() {
            update = update.expression_attribute_names(format!("#o{n}"), name);
        }
        match update.send().await {
            Ok(done) => Ok(Ok(from_item(done.attributes.unwrap_or_default())?)),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(Err(failed.item().cloned().map(from_item).transpose()?))
                }
                _ => Err(Error::sdk(error)),
            },
        }
    }

    async fn gate(&self, tenant: Tenant) -> Result<Option<GateItem>, Error> {
        self.get(key(keys::gate(tenant), keys::GATE)).await
    }

    /// Drops the counters that silences have left, once enough have piled up. It may fail: the next request tries again.
    async fn sweep(&self, tenant: Tenant, gate: &GateItem, hour: i64) {
        let stale: Vec<&String> =
            gate.used.keys().filter(|name| name[1..].parse::<i64>().is_ok_and(|of| of < hour)).collect();
        if stale.len() <= SWEEP_OVER {
            return;
        }
        let paths: Vec<String> = (0..stale.len()).map(|n| format!("used.#s{n}")).collect();
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::gate(tenant), keys::GATE)))
            .update_expression(format!("REMOVE {}", paths.join(", ")))
            .condition_expression("attribute_exists(pk)");
        for (n, name) in stale.into_iter().enumerate() {
            update = update.expression_attribute_names(format!("#s{n}"), name);
        }
        if let Err(error) = update.send().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "old counters stay until the next request");
        }
    }

    /// A strongly consistent read of one item.
    pub(super) async fn get<T: serde::de::DeserializeOwned>(&self, key: Item) -> Result<Option<T>, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(Error::sdk)?;
        answer.item.map(from_item).transpose()
    }
}

fn limit(gate: &GateItem, usage: Use) -> u32 {
    match usage {
        Use::Read => gate.limits.reads,
        Use::Write => gate.limits.writes,
    }
}

fn admitted(gate: &GateItem, id: KeyId, usage: Use, now: DateTime<Utc>, hour: i64) -> Admitted {
    let used = gate.used.get(&format!("{}{hour}", usage.letter())).copied().unwrap_or_default();
    let limit = limit(gate, usage);
    Admitted {
        client: gate.keys.get(&id).and_then(|record| record.client),
        limit,
        remaining: limit.saturating_sub(used),
        reset: reset(now, hour),
    }
}

fn latest_hour(used: &BTreeMap<String, u32>, usage: Use) -> Option<i64> {
    used.keys().filter_map(|name| name.strip_prefix(usage.letter())?.parse().ok()).max()
}

/// Seconds until `hour` ends; at least one, so that whoever waits that long is past it.
fn reset(now: DateTime<Utc>, hour: i64) -> i64 {
    ((hour + 1) * 3600 - now.timestamp()).max(1)
}
