//! The operator's operations on gates: create, list, change limits.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{
    super::{Error, Page, key, keys, listing::List, number, to_item},
    AgencyKeys, Gate, GateItem, Holder, Limits, NewGate,
};
use crate::tenant::Tenant;

/// Agencies per page.
const PAGE: usize = 99;

impl Gate {
    /// Creates a tenant's gate unless it exists.
    pub async fn insert(&self, new: NewGate, now: DateTime<Utc>) -> Result<(), Error> {
        let item = GateItem {
            pk: keys::gate(new.tenant),
            sk: keys::GATE.into(),
            name: new.name,
            limits: new.limits,
            used: BTreeMap::new(),
            keys: new.keys.into_iter().collect(),
            removed: 0,
            tokens_not_before: None,
            tenant_list: keys::agencies(),
            listed_at: keys::listed_at(now, new.tenant),
        };
        let put = self.store.client.put_item().table_name(&self.store.table).set_item(Some(to_item(&item)));
        // Concurrent starts must not overwrite each other's keys.
        match put.condition_expression("attribute_not_exists(pk)").send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => Ok(()),
            Err(error) => Err(Error::sdk(error)),
        }
    }

    /// Sets a tenant's limits; `false` if the tenant does not exist.
    pub async fn set_limits(&self, tenant: Tenant, limits: Limits) -> Result<bool, Error> {
        let write = self.store.write_gate(tenant, |update| {
            update
                .update_expression("SET read_limit = :r, write_limit = :w")
                // Without this condition, the update would create an agency.
                .condition_expression("attribute_exists(pk)")
                .expression_attribute_values(":r", number(limits.reads))
                .expression_attribute_values(":w", number(limits.writes))
        });
        Ok(write.await?.is_ok())
    }

    /// Every agency in each of its modes, with its name and limits, newest first. For the operator.
    pub async fn agencies(&self) -> Result<Vec<(Tenant, String, Limits)>, Error> {
        let (mut agencies, mut after) = (Vec::new(), None);
        loop {
            let list = List::of_tenant(keys::agencies());
            let page: Page<Listed> = self.store.list::<GateItem, _>(list, PAGE, after.as_deref()).await?;
            agencies.extend(page.items.into_iter().map(|Listed(tenant, name, limits)| (tenant, name, limits)));
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(agencies),
            }
        }
    }

    /// A tenant's keys, for the operator; `None` if the tenant does not exist.
    pub async fn keys(&self, tenant: Tenant) -> Result<Option<AgencyKeys>, Error> {
        let gate: Option<GateItem> = self.store.get(key(keys::gate(tenant), keys::GATE)).await?;
        Ok(gate.map(|gate| AgencyKeys::new(tenant, Holder::Operator, gate)))
    }
}

struct Listed(Tenant, String, Limits);

impl TryFrom<GateItem> for Listed {
    type Error = Error;

    fn try_from(gate: GateItem) -> Result<Self, Error> {
        let tenant = keys::parse_gate(&gate.pk).ok_or_else(|| Error::Corrupt(format!("{} is not a gate", gate.pk)))?;
        Ok(Self(tenant, gate.name, gate.limits))
    }
}
