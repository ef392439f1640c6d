//! Posts that are complete: under their account and in the feed of all, newest first.

use chrono::{DateTime, Utc};

use super::{
    account::Account,
    publishing::{PROCESSING, Publishing, first_id},
};
use crate::{
    Sandbox,
    feed::shelf,
    store::{Error, Write},
};

pub(crate) fn sort_key(id: i64) -> String {
    format!("{id:019}")
}

/// The writes that show a post, all of whose media is there, once it has been worked on.
pub(crate) fn shown(publishing: &Publishing) -> Result<Vec<Write>, Error> {
    if publishing.fail_reason.is_some() {
        return Ok(Vec::new());
    }
    Ok(shelf::writes(publishing)?.into())
}

/// The newest complete posts of an account, or of everybody.
pub(crate) async fn newest(
    sandbox: &Sandbox,
    account: Option<&Account>,
    limit: usize,
) -> Result<Vec<Publishing>, Error> {
    let last = sort_key(first_id(received_by((sandbox.clock)()) + 1) - 1);
    shelf::newest(sandbox, account, (&sort_key(0), &last), limit).await
}

pub(crate) async fn find(sandbox: &Sandbox, account: &Account, id: i64) -> Result<Option<Publishing>, Error> {
    let found = shelf::find::<Publishing>(sandbox, account, sort_key(id)).await?;
    let now = received_by((sandbox.clock)());
    Ok(found.filter(|post| post.received_at.is_some_and(|at| at <= now)))
}

/// What was there by this millisecond has been worked on by now.
fn received_by(now: DateTime<Utc>) -> i64 {
    now.timestamp_millis() - PROCESSING
}
