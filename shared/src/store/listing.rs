//! Lists in order of time, newest first, with keyset pagination. An index gives the order, and the items are read from
//! the table. The indexes are eventually consistent; the items read through them are strongly consistent.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use futures_util::{FutureExt, StreamExt, stream};
use serde::de::DeserializeOwned;

use super::{Error, Item, Store, from_item, key, string};

/// The most keys in one `BatchGetItem`.
const BATCH: usize = 100;
/// How many batches are read at once.
const SIDE_BY_SIDE: usize = 8;
/// How often unprocessed keys of a batch are retried.
const TRIES: u32 = 6;

/// One list: an index and its partition.
pub(super) struct List {
    index: &'static str,
    attribute: &'static str,
    partition: String,
}

impl List {
    pub(super) const fn of_tenant(partition: String) -> Self {
        Self { index: "by_tenant", attribute: "tenant_list", partition }
    }

    pub(super) const fn of_client(partition: String) -> Self {
        Self { index: "by_client", attribute: "client_list", partition }
    }
}

/// One page of a list.
#[derive(Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The sort position after which the next page begins; `None` on the last page.
    pub next: Option<String>,
}

impl Store {
    /// Up to `limit` items (at most 100, the maximum of `BatchGetItem`) of a list, older than the position `after`. A
    /// page can be shorter although another follows, because the index may still contain deleted items.
    pub(super) async fn list<I, T>(&self, list: List, limit: usize, after: Option<&str>) -> Result<Page<T>, Error>
    where
        I: DeserializeOwned + TryInto<T>,
        Error: From<I::Error>,
    {
        // One key more than `limit` shows whether another page follows.
        let mut keys = self.positions(list, limit + 1, after).await?;
        let more = keys.len() > limit;
        keys.truncate(limit);
        let last = keys.last().map(|(_, position)| position.clone());
        let found = self.read_all(keys.into_iter().map(|(key, _)| key).collect()).await?;
        let items =
            found.into_iter().map(|item| Ok(from_item::<I>(item)?.try_into()?)).collect::<Result<_, Error>>()?;
        Ok(Page { items, next: last.filter(|_| more) })
    }

    /// Keys and sort positions, newest first. Keys are small, so one answer holds more than a page.
    async fn positions(&self, list: List, limit: usize, after: Option<&str>) -> Result<Vec<(Item, String)>, Error> {
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(list.index)
            .key_condition_expression("#list = :list")
            .expression_attribute_names("#list", list.attribute)
            .expression_attribute_values(":list", string(list.partition));
        if let Some(after) = after {
            query = query
                .key_condition_expression("#list = :list AND #at < :after")
                .expression_attribute_names("#at", "listed_at")
                .expression_attribute_values(":after", string(after));
        }
        let answer = query
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(Error::sdk)?;
        answer.items.unwrap_or_default().iter().map(|item| Ok((place(item)?, text(item, "listed_at")?))).collect()
    }

    /// The items of these keys, in the same order, without those that do not exist. Strongly consistent.
    pub(super) async fn read_all(&self, keys: Vec<Item>) -> Result<Vec<Item>, Error> {
        let mut order = HashMap::with_capacity(keys.len());
        for (n, key) in keys.iter().enumerate() {
            order.insert((text(key, "pk")?, text(key, "sk")?), n);
        }
        let mut found: Vec<Option<Item>> = keys.iter().map(|_| None).collect();
        let batches: Vec<_> = keys.chunks(BATCH).map(|keys| self.read_batch(keys.to_vec()).boxed()).collect();
        let mut batches = stream::iter(batches).buffer_unordered(SIDE_BY_SIDE);
        while let Some(items) = batches.next().await {
            for item in items? {
                let place = order.get(&(text(&item, "pk")?, text(&item, "sk")?)).and_then(|n| found.get_mut(*n));
                if let Some(place) = place {
                    *place = Some(item);
                }
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    /// # Errors
    /// [`Error::Busy`] if DynamoDB kept leaving keys unprocessed.
    #[expect(clippy::expect_used, reason = "a builder fails only if a part is missing")]
    async fn read_batch(&self, keys: Vec<Item>) -> Result<Vec<Item>, Error> {
        let mut items = Vec::with_capacity(keys.len());
        let mut wanted =
            KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build().expect("keys are given");
        for attempt in 0..TRIES {
            let answer =
                self.client.batch_get_item().request_items(&self.table, wanted).send().await.map_err(Error::sdk)?;
            items.extend(answer.responses.unwrap_or_default().into_values().flatten());
            // An answer ends at 16 MB or at a throttled partition, and lists the unprocessed keys.
            match answer.unprocessed_keys.unwrap_or_default().into_values().next() {
                Some(rest) => wanted = rest,
                None => return Ok(items),
            }
            self.back_off(attempt).await;
        }
        Err(Error::Busy)
    }
}

/// The table key in an index entry.
fn place(item: &Item) -> Result<Item, Error> {
    Ok(key(text(item, "pk")?, text(item, "sk")?))
}

pub(super) fn text(item: &Item, name: &str) -> Result<String, Error> {
    let text = item.get(name).map(AttributeValue::as_s);
    text.and_then(Result::ok).cloned().ok_or_else(|| Error::Corrupt(format!("an item without {name}")))
}
