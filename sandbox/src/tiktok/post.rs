//! Posts that are complete: under their account and in the feed of all, newest first.

use chrono::{DateTime, Utc};

use super::{
    account::Account,
    publishing::{PROCESSING, Publishing, first_id},
};
use crate::{
    Sandbox,
    store::{Error, Key, Write},
};

fn sort_key(id: i64) -> String {
    format!("{id:019}")
}

/// The partition of an account's posts, or of everybody's.
fn partition(account: Option<&str>) -> String {
    match account {
        Some(id) => format!("tiktok#feed#{id}"),
        None => "tiktok#feed".to_owned(),
    }
}

/// The writes that show a post, all of whose media is there, once it has been worked on.
pub(crate) fn shown(publishing: &Publishing) -> Result<Vec<Write>, Error> {
    if publishing.fail_reason.is_some() {
        return Ok(Vec::new());
    }
    let id = sort_key(publishing.post_id());
    [Some(publishing.account.as_str()), None]
        .into_iter()
        .map(|account| Write::put(Key::new(partition(account), id.as_str()), publishing))
        .collect()
}

/// The newest complete posts of an account, or of everybody.
pub(crate) async fn newest(
    sandbox: &Sandbox,
    account: Option<&Account>,
    limit: usize,
) -> Result<Vec<Publishing>, Error> {
    let last = sort_key(first_id(received_by((sandbox.clock)()) + 1) - 1);
    sandbox.store.newest(&partition(account.map(|account| account.id)), (&sort_key(0), &last), limit).await
}

pub(crate) async fn find(sandbox: &Sandbox, account: &Account, id: i64) -> Result<Option<Publishing>, Error> {
    let found = sandbox.store.get::<Publishing>(Key::new(partition(Some(account.id)), sort_key(id))).await?;
    let now = received_by((sandbox.clock)());
    Ok(found.filter(|post| post.received_at.is_some_and(|at| at <= now)))
}

/// What was there by this millisecond has been worked on by now.
fn received_by(now: DateTime<Utc>) -> i64 {
    now.timestamp_millis() - PROCESSING
}
