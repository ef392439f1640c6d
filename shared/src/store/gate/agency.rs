//! The agency's own settings. Its name and limits are in the gate; what customers see besides is beside it, in the gate's
//! partition, because every request of the agency writes the gate; the logo's bytes are in a partition of their own,
//! because every connect page reads the other two.

use serde::{Deserialize, Serialize};

use super::{
    super::{Error, from_item, keys, string},
    Gate, GateItem,
};
use crate::{
    agency::{Agency, Color, Logo, ReturnUrl},
    tenant::Tenant,
};

/// None stands until something is set.
#[derive(Default, Serialize, Deserialize)]
struct AgencyItem {
    color: Option<Color>,
    logo: Option<Logo>,
    #[serde(default)]
    return_urls: Vec<ReturnUrl>,
}

impl Gate {
    /// An agency with its settings, from one strongly consistent query; none if it has no gate.
    ///
    /// # Errors
    /// The store's.
    pub async fn agency(&self, tenant: Tenant) -> Result<Option<Agency>, Error> {
        let answer = self
            .store
            .client
            .query()
            .table_name(&self.store.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", string(keys::gate(tenant)))
            .consistent_read(true)
            .send()
            .await
            .map_err(Error::sdk)?;
        let (mut gate, mut settings) = (None, AgencyItem::default());
        for item in answer.items.unwrap_or_default() {
            match item.get("sk").and_then(|sk| sk.as_s().ok()).map(String::as_str) {
                Some(keys::GATE) => gate = Some(from_item::<GateItem>(item)?),
                Some(keys::AGENCY) => settings = from_item(item)?,
                _ => {}
            }
        }
        Ok(gate.map(|gate| Agency {
            name: gate.name,
            limits: gate.limits,
            color: settings.color,
            logo: settings.logo,
            return_urls: settings.return_urls,
        }))
    }
}
