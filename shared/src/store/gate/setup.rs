//! Putting up a gate, and changing its limits.

use std::collections::BTreeMap;

use super::{
    super::{Error, key, keys, number, to_item},
    Gate, GateItem, Limits, NewGate,
};
use crate::tenant::Tenant;

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
            removed: 0,
            tokens_not_before: None,
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
}
