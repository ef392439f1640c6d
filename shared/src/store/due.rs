//! The due index, which contains only items with work left to do. The same query finds due and overdue work.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{Error, Item, Store, conditional, from_item, key, keys, number, string};
use crate::{id::PostId, post::TargetName, tenant::Tenant};

/// Work that is due. It is only a hint; the claim decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub tenant: Tenant,
    pub post: PostId,
    /// `None`: the post is to be opened.
    pub target: Option<TargetName>,
    pub at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct DueItem {
    pk: String,
    sk: String,
    due_at: i64,
}

impl Due {
    /// Reads an entry of the index. The error names the entry.
    fn parse(item: Item) -> Result<Self, String> {
        let item: DueItem = from_item(item).map_err(|error| error.to_string())?;
        let target = keys::parse_target(&item.sk);
        match (keys::parse_post(&item.pk), DateTime::from_timestamp_millis(item.due_at)) {
            (Some((tenant, post)), Some(at)) if target.is_some() || item.sk == keys::POST => {
                Ok(Self { tenant, post, target, at })
            }
            _ => Err(format!("{} {} is due but is neither a post nor a target", item.pk, item.sk)),
        }
    }
}

/// A page of one shard, oldest first.
#[derive(Debug, Default)]
pub struct DuePage {
    pub due: Vec<Due>,
    /// Entries that cannot be read. They do not hide the others.
    pub malformed: Vec<String>,
    /// Where the next page begins.
    pub next: Option<Item>,
}

#[derive(Deserialize)]
struct ShardItem {
    announced_up_to: i64,
}

impl Store {
    /// One page of the work in one shard that is due by `by`, after `from`.
    pub async fn due(&self, shard: u8, by: DateTime<Utc>, from: Option<Item>) -> Result<DuePage, Error> {
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("due")
            .key_condition_expression("due_shard = :shard AND due_at <= :by")
            .expression_attribute_values(":shard", string(keys::shard(shard)))
            .expression_attribute_values(":by", number(by.timestamp_millis()))
            .set_exclusive_start_key(from)
            .send()
            .await
            .map_err(Error::sdk)?;
        let mut read = DuePage { next: page.last_evaluated_key, ..DuePage::default() };
        for item in page.items.unwrap_or_default() {
            match Due::parse(item) {
                Ok(due) => read.due.push(due),
                Err(malformed) => read.malformed.push(malformed),
            }
        }
        Ok(read)
    }

    /// Up to which due time a shard's work was announced; `None` if never. Eventually consistent: an old value only repeats
    /// announcements.
    pub async fn announced_up_to(&self, shard: u8) -> Result<Option<DateTime<Utc>>, Error> {
        let read = self.client.get_item().table_name(&self.table).set_key(Some(key(keys::shard(shard), keys::SHARD)));
        let Some(item) = read.send().await.map_err(Error::sdk)?.item else { return Ok(None) };
        Ok(DateTime::from_timestamp_millis(from_item::<ShardItem>(item)?.announced_up_to))
    }

    /// Records that a shard's work was announced up to this due time. Of two concurrent ticks, the later time remains.
    pub async fn mark_announced(&self, shard: u8, up_to: DateTime<Utc>) -> Result<(), Error> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::shard(shard), keys::SHARD)))
            .update_expression("SET announced_up_to = :to")
            .condition_expression("attribute_not_exists(announced_up_to) OR announced_up_to < :to")
            .expression_attribute_values(":to", number(up_to.timestamp_millis()))
            .send()
            .await;
        conditional(sent).map(|_| ())
    }
}
