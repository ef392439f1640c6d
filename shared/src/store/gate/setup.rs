//! Putting up a gate, and changing its limits and keys.

use std::collections::BTreeMap;

use super::{
    super::{Error, key, keys, number, to_item, to_value},
    Gate, GateItem, KeyRecord, Limits, NewGate,
};
use crate::{id::KeyId, tenant::Tenant};

impl Gate {
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
