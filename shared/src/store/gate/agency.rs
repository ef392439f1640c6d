//! The agency's settings. Name, limits and the revocation time of tokens are in the gate item. Colour, logo and return
//! URLs are in an item beside it, because every request of the agency rewrites the gate. The logo's bytes are in a
//! separate partition, because every connect page reads the other two items.

use aws_sdk_dynamodb::types::Update;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    super::{Error, blob, from_item, key, keys, number, string, to_item, to_value, transact},
    Gate, GateItem,
};
use crate::{
    agency::{Agency, AgencyChange, AgencyName, Color, Logo, LogoFile, ReturnUrl},
    tenant::Tenant,
};

/// The new revocation time is earlier than the stored one, which this contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MovedBack(pub DateTime<Utc>);

/// Absent until a setting is stored.
#[derive(Default, Deserialize)]
struct AgencyItem {
    color: Option<Color>,
    logo: Option<Logo>,
    #[serde(default)]
    return_urls: Vec<ReturnUrl>,
}

#[derive(Serialize, Deserialize)]
struct LogoItem {
    pk: String,
    sk: String,
    logo: Logo,
    #[serde(with = "blob")]
    bytes: Vec<u8>,
}

impl Gate {
    /// An agency with its settings, from one strongly consistent query; `None` if it has no gate.
    pub async fn agency(&self, tenant: Tenant) -> Result<Option<Agency>, Error> {
        let (mut gate, mut settings) = (None, AgencyItem::default());
        for item in self.store.partition(keys::gate(tenant)).await? {
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
            tokens_not_before: gate.tokens_not_before,
        }))
    }

    pub async fn logo(&self, tenant: Tenant) -> Result<Option<LogoFile>, Error> {
        let item: Option<LogoItem> = self.store.get(key(keys::logo(tenant), keys::LOGO)).await?;
        Ok(item.map(|item| LogoFile { logo: item.logo, bytes: item.bytes }))
    }

    /// Changes an agency field by field: two callers who change different fields both succeed.
    ///
    /// The gate is written first and separately; it may refuse the whole change. If the second write fails, repeating
    /// the change completes it.
    pub async fn change_agency(&self, tenant: Tenant, change: AgencyChange) -> Result<Result<(), MovedBack>, Error> {
        let AgencyChange { name, color, logo, return_urls, tokens_not_before } = change;
        if let Err(moved_back) = self.change_gate(tenant, name, tokens_not_before).await? {
            return Ok(Err(moved_back));
        }
        self.change_settings(tenant, color, logo, return_urls).await.map(Ok)
    }

    async fn change_settings(
        &self,
        tenant: Tenant,
        color: Option<Option<Color>>,
        logo: Option<Option<LogoFile>>,
        return_urls: Option<Vec<ReturnUrl>>,
    ) -> Result<(), Error> {
        let table = &self.store.table;
        let fields = [
            ("color", color.map(|color| color.map(|color| to_value(&color)))),
            ("logo", logo.as_ref().map(|file| file.as_ref().map(|file| to_value(&file.logo)))),
            ("return_urls", return_urls.map(|urls| Some(to_value(&urls)))),
        ];
        let (mut set, mut remove) = (Vec::new(), Vec::new());
        let mut update = Update::builder().table_name(table).set_key(Some(key(keys::gate(tenant), keys::AGENCY)));
        for (name, value) in fields.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            update = update.expression_attribute_names(format!("#{name}"), name);
            match value {
                Some(value) => {
                    set.push(format!("#{name} = :{name}"));
                    update = update.expression_attribute_values(format!(":{name}"), value);
                }
                None => remove.push(format!("#{name}")),
            }
        }
        let clause = |word: &str, fields: &[String]| match fields {
            [] => String::new(),
            fields => format!("{word} {} ", fields.join(", ")),
        };
        let expression = clause("SET", &set) + &clause("REMOVE", &remove);
        if expression.is_empty() {
            return Ok(());
        }
        #[expect(clippy::expect_used, reason = "a builder fails only if a part is missing")]
        let update = update.update_expression(expression).build().expect("table, key and expression are given");
        let mut items = vec![transact::update(update)];
        // Metadata and bytes are written together, so that they match when two logos are set at once.
        items.extend(logo.map(|file| match file {
            Some(LogoFile { logo, bytes }) => {
                let item = LogoItem { pk: keys::logo(tenant), sk: keys::LOGO.into(), logo, bytes };
                transact::overwrite(table, to_item(&item))
            }
            None => transact::delete(table, key(keys::logo(tenant), keys::LOGO)),
        }));
        self.store.transact(items).await.map(|_| ())
    }

    /// Not part of the transaction: every request of the agency writes the gate, so the transaction would often
    /// conflict.
    async fn change_gate(
        &self,
        tenant: Tenant,
        name: Option<AgencyName>,
        tokens_not_before: Option<DateTime<Utc>>,
    ) -> Result<Result<(), MovedBack>, Error> {
        let (mut set, mut condition) = (Vec::new(), vec!["attribute_exists(pk)"]);
        set.extend(name.as_ref().map(|_| "#name = :name"));
        if tokens_not_before.is_some() {
            set.push("#ended = :ended");
            // Keep the later timestamp, in whatever order the writes arrive.
            condition.push("(attribute_not_exists(#ended) OR #ended <= :ended)");
        }
        if set.is_empty() {
            return Ok(Ok(()));
        }
        let write = self.store.write_gate(tenant, |mut update| {
            if let Some(name) = name {
                update = update
                    .expression_attribute_names("#name", "name")
                    .expression_attribute_values(":name", string(name.as_str()));
            }
            if let Some(end) = tokens_not_before {
                update = update
                    .expression_attribute_names("#ended", "tokens_not_before")
                    .expression_attribute_values(":ended", number(end.timestamp_millis()));
            }
            update
                .update_expression(format!("SET {}", set.join(", ")))
                // Without this condition, the update would create an agency.
                .condition_expression(condition.join(" AND "))
        });
        // Without a gate nothing is refused; the caller finds that the agency does not exist when it reads it.
        let existing = write.await?.err().flatten().and_then(|gate| gate.tokens_not_before);
        Ok(existing.map_or(Ok(()), |existing| Err(MovedBack(existing))))
    }
}
