//! Many entries of the due index at once.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};

use super::{Engine, engine::MAIN};
use crate::{id::PostId, tenant::Tenant};

impl Engine {
    /// Puts entries into the due index, each in its shard and due at its time. They are keys without posts.
    ///
    /// # Panics
    /// If the engine does not take them.
    pub async fn put_due(&self, tenant: Tenant, entries: impl Iterator<Item = (u8, DateTime<Utc>)>) {
        let requests: Vec<_> = entries.map(|(shard, at)| request(tenant, shard, at)).collect();
        let batches: Vec<_> = requests
            .chunks(25)
            .map(|batch| self.client.batch_write_item().request_items(MAIN, batch.to_vec()).send())
            .collect();
        let mut written = stream::iter(batches).buffer_unordered(16);
        while let Some(answer) = written.next().await {
            let left = answer.expect("the engine answers").unprocessed_items.unwrap_or_default();
            assert!(left.is_empty(), "the engine has no limit");
        }
    }
}

fn request(tenant: Tenant, shard: u8, at: DateTime<Utc>) -> WriteRequest {
    let item = HashMap::from([
        ("pk".to_owned(), AttributeValue::S(format!("T#{tenant}#POST#{}", PostId::random()))),
        ("sk".to_owned(), AttributeValue::S("POST".into())),
        ("due_shard".to_owned(), AttributeValue::S(format!("DUE#{shard}"))),
        ("due_at".to_owned(), AttributeValue::N(at.timestamp_millis().to_string())),
    ]);
    let put = PutRequest::builder().set_item(Some(item)).build().expect("the item is given");
    WriteRequest::builder().put_request(put).build()
}
