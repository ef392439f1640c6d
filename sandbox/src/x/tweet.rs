//! Posts as the table keeps them: under their account and in the feed of all, newest findable
//! first, with a mark beside them that refuses the same text again.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::account::Account;
use crate::{
    Sandbox,
    feed::shelf,
    secret,
    store::{Changed, Committed, Error, Key, Update, number},
};

/// X's snowflakes count milliseconds from here (2010-11-04T01:42:54.657Z), above 22 other bits.
pub(crate) const EPOCH: i64 = 1_288_834_974_657;
const MILLISECOND: i64 = 1 << 22;

/// How long X refuses the same text again.
const DUPLICATE_SECONDS: i64 = 12 * 60 * 60;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Tweet {
    pub(crate) id: i64,
    /// The account's id.
    pub(crate) account: String,
    /// As it was posted.
    pub(crate) text: String,
}

/// The first id of this millisecond.
pub(crate) fn first_id(at: DateTime<Utc>) -> i64 {
    let milliseconds = (at.timestamp_millis() - EPOCH).max(0);
    // Beyond the last id that fits, any time is as good as the last.
    milliseconds.saturating_mul(MILLISECOND)
}

pub(crate) fn sort_key(id: i64) -> String {
    format!("{id:019}")
}

/// Stores a post, unless the account has said the same in the last hours.
pub(crate) async fn insert(sandbox: &Sandbox, account: &Account, text: &str) -> Result<Option<Tweet>, Error> {
    let tweet = Tweet { id: next_id(sandbox, account).await?, account: account.id.to_owned(), text: text.to_owned() };
    let now = (sandbox.clock)().timestamp();
    let same: String = text.trim().nfc().collect();
    let same = secret::fingerprint(same);
    // Of two that say the same at once, only the first finds no mark, or one that is over.
    let mark = Update::new(Key::new(format!("x#said#{}#{same}", account.id), "said"), "SET #refused_until = :end")
        .only_if("attribute_not_exists(pk) OR #refused_until <= :now")
        .with(":now", number(now))
        .with(":end", number(now + DUPLICATE_SECONDS));
    let mut writes = vec![mark.into()];
    writes.extend(shelf::writes(&tweet)?);
    Ok(match sandbox.store.commit(writes).await? {
        Committed::Done => Some(tweet),
        Committed::Refused => None,
    })
}

#[derive(Deserialize)]
struct LastId {
    last_id: i64,
}

/// The time with the account's number below it, and always more than the account's last one, even
/// when the clock stands still: then the id runs ahead of it by a millisecond.
async fn next_id(sandbox: &Sandbox, account: &Account) -> Result<i64, Error> {
    let number_of = i64::try_from(account.number()).unwrap_or_default();
    let candidate = first_id((sandbox.clock)()).saturating_add(number_of);
    let key = || Key::new(format!("x#last-id#{}", account.id), "last-id");
    let fresh = sandbox
        .store
        .change::<LastId>(|| {
            Update::new(key(), "SET #last_id = :id")
                .only_if("attribute_not_exists(pk) OR #last_id < :id")
                .with(":id", number(candidate))
        })
        .await?;
    if let Changed::Done(last) = fresh {
        return Ok(last.last_id);
    }
    let next = sandbox
        .store
        .change::<LastId>(|| {
            Update::new(key(), "SET #last_id = #last_id + :step")
                .only_if("attribute_exists(pk)")
                .with(":step", number(MILLISECOND))
        })
        .await?;
    match next {
        Changed::Done(last) => Ok(last.last_id),
        Changed::Refused(_) => Err(Error::Busy),
    }
}

/// The newest posts of an account, or of everybody, with ids from `first` to `last`, both included.
pub(crate) async fn newest(
    sandbox: &Sandbox,
    account: Option<&Account>,
    (first, last): (i64, i64),
    limit: usize,
) -> Result<Vec<Tweet>, Error> {
    // DynamoDB refuses a range that is upside down; for us it is an empty one.
    if first > last {
        return Ok(Vec::new());
    }
    let between = (sort_key(first), sort_key(last));
    shelf::newest(sandbox, account, (&between.0, &between.1), limit).await
}

pub(crate) async fn find(sandbox: &Sandbox, account: &Account, id: i64) -> Result<Option<Tweet>, Error> {
    shelf::find(sandbox, account, sort_key(id)).await
}
