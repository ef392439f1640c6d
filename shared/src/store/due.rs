//! The due index, which contains only posts with work left to do. The same query finds due and overdue work.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{Error, Store, from_item, keys, number, string};
use crate::{id::PostId, tenant::Tenant};

/// Work that is due. It is only a hint; the claim decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub tenant: Tenant,
    pub post: PostId,
    pub at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct DueItem {
    pk: String,
    due_at: i64,
}

impl Store {
    /// One page of the work in one shard that is due by `by`, oldest first, after `from`; also returns where the next
    /// page begins.
    pub async fn due(
        &self,
        shard: u8,
        by: DateTime<Utc>,
        from: Option<super::Item>,
    ) -> Result<(Vec<Due>, Option<super::Item>), Error> {
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
        let mut due = Vec::new();
        for item in page.items.unwrap_or_default() {
            let item: DueItem = from_item(item)?;
            let at = DateTime::from_timestamp_millis(item.due_at);
            match (keys::parse_post(&item.pk), at) {
                (Some((tenant, post)), Some(at)) => due.push(Due { tenant, post, at }),
                _ => return Err(Error::Corrupt(format!("{} is due but is not a post", item.pk))),
            }
        }
        Ok((due, page.last_evaluated_key))
    }
}
