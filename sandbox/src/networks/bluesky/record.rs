//! Records in the table: in the repository of their account, and posts also in the feeds.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{post_rules::POST, spec::SPEC};
use crate::{
    account::Account,
    context::Context,
    error::Error,
    posts::published,
    store::{Committed, Key, Update, Value, Write, number},
};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    /// The account's id.
    pub(super) did: String,
    pub(super) collection: String,
    pub(super) rkey: String,
    pub(super) cid: String,
    /// In JSON.
    value: String,
    /// When it appears, in milliseconds since the epoch.
    pub(super) visible_at: i64,
}

impl published::Visible for Record {
    fn visible_at(&self) -> i64 {
        self.visible_at
    }
}

impl Record {
    pub(super) fn new(account: &Account, collection: &str, rkey: &str, cid: String, value: &Json, at: i64) -> Self {
        Self {
            did: account.id.to_owned(),
            collection: collection.to_owned(),
            rkey: rkey.to_owned(),
            cid,
            value: value.to_string(),
            visible_at: at,
        }
    }

    pub(super) fn uri(&self) -> String {
        format!("at://{}/{}/{}", self.did, self.collection, self.rkey)
    }

    pub(super) fn value(&self) -> Json {
        serde_json::from_str(&self.value).unwrap_or_default()
    }
}

fn partition(did: &str, collection: &str) -> String {
    format!("bluesky#repo#{did}#{collection}")
}

/// The record under a key, even if it has not appeared.
pub(super) async fn find(
    context: &Context,
    account: &Account,
    collection: &str,
    rkey: &str,
) -> Result<Option<Record>, Error> {
    context.store.get(Key::new(partition(account.id, collection), rkey)).await
}

/// The visible records of a collection with keys in `between` (inclusive), in descending order.
pub(super) async fn list(
    context: &Context,
    account: &Account,
    collection: &str,
    between: (&str, &str),
    limit: usize,
) -> Result<Vec<Record>, Error> {
    let visible = ("visible_at", context.now().timestamp_millis());
    context.store.newest(&partition(account.id, collection), between, visible, limit).await
}

/// Writes a record, and what is written `with` it, if the one under its key is still `current`; false if it is not.
pub(super) async fn write(
    context: &Context,
    record: &Record,
    current: Option<&Record>,
    with: Vec<Write>,
) -> Result<bool, Error> {
    let text = |text: &str| Value::S(text.to_owned());
    let key = Key::new(partition(&record.did, &record.collection), &record.rkey);
    let update = Update::new(
        key,
        "SET #did = :did, #collection = :collection, #rkey = :rkey, #cid = :cid, #value = :value, #visible_at = :at",
    )
    .with(":did", text(&record.did))
    .with(":collection", text(&record.collection))
    .with(":rkey", text(&record.rkey))
    .with(":cid", text(&record.cid))
    .with(":value", text(&record.value))
    .with(":at", number(record.visible_at));
    let update = match current {
        None => update.only_if("attribute_not_exists(pk)"),
        Some(current) => update.only_if("#cid = :current").with(":current", text(&current.cid)),
    };
    let mut writes = with;
    writes.push(update.into());
    if record.collection == POST {
        let sort_key = format!("{}#{}", record.rkey, record.did);
        writes.extend(published::writes(&SPEC, &record.did, &sort_key, record)?);
    }
    Ok(matches!(context.store.commit(writes).await?, Committed::Written))
}

/// The newest posts of one account or of all, by their record keys.
pub(super) async fn newest(context: &Context, account: Option<&Account>, limit: usize) -> Result<Vec<Record>, Error> {
    published::newest(context, &SPEC, account, ("2", "zzzzzzzzzzzzz~"), limit).await
}
