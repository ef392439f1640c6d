//! Posts in the table, their ids, and the refusal of duplicate texts.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::{account::number as account_number, attached::Attached, body::Body, spec::SPEC};
use crate::{
    account::Account,
    behavior::Behavior,
    context::Context,
    error::Error,
    posts::published,
    secret,
    store::{Committed, Key, Update, Updated, number},
};

/// The epoch of X's snowflake ids, 2010-11-04T01:42:54.657Z. Ids hold milliseconds above 22 other bits.
const EPOCH: i64 = 1_288_834_974_657;
const MILLISECOND: i64 = 1 << 22;

/// How long X refuses a duplicate text.
const DUPLICATE_SECONDS: i64 = 12 * 60 * 60;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Tweet {
    pub(crate) id: i64,
    /// The account's id.
    pub(crate) account: String,
    /// As the app sent it.
    #[serde(flatten)]
    pub(crate) body: Body,
    #[serde(default)]
    pub(crate) media: Vec<Attached>,
    /// In milliseconds since the epoch.
    visible_at: i64,
}

impl published::Visible for Tweet {
    fn visible_at(&self) -> i64 {
        self.visible_at
    }
}

impl Tweet {
    pub(crate) fn username(&self) -> &'static str {
        SPEC.account_by_id(&self.account).map_or("", |account| account.username)
    }

    /// The time in the id.
    pub(crate) fn created_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(EPOCH + (self.id >> 22)).unwrap_or_default()
    }
}

/// The smallest id of this millisecond. Times that no id can hold give the largest id.
pub(crate) fn first_id(at: DateTime<Utc>) -> i64 {
    let milliseconds = (at.timestamp_millis() - EPOCH).max(0);
    milliseconds.saturating_mul(MILLISECOND)
}

fn sort_key(id: i64) -> String {
    format!("{id:019}")
}

/// Publishes a post; `None` if the account published the same text within [`DUPLICATE_SECONDS`]. Posts with media are never
/// duplicates here: each has uploads of its own.
pub(crate) async fn insert(
    context: &Context,
    account: &Account,
    body: Body,
    media: Vec<Attached>,
) -> Result<Option<Tweet>, Error> {
    let appears = context.now() + TimeDelta::seconds(account.behavior.delay());
    let tweet = Tweet {
        id: next_id(context, account, appears).await?,
        account: account.id.to_owned(),
        body,
        media,
        visible_at: appears.timestamp_millis(),
    };
    let same: String = tweet.body.text.trim().nfc().collect();
    let same = secret::fingerprint(same);
    // The condition admits one of concurrent posts with the same text. X cannot compare with a post that has not appeared.
    let said = Key::new(format!("x#said#{}#{same}", account.id), "said");
    let mark = Update::new(said, "SET #refused_from = :from, #refused_until = :end")
        .only_if("attribute_not_exists(pk) OR #refused_until <= :now OR #refused_from > :now")
        .with(":now", number(context.now().timestamp()))
        .with(":from", number(appears.timestamp()))
        .with(":end", number(appears.timestamp() + DUPLICATE_SECONDS));
    let mut writes = Vec::new();
    if account.behavior != Behavior::LandsTwice && tweet.media.is_empty() {
        writes.push(mark.into());
    }
    writes.extend(published::writes(&SPEC, account.id, &sort_key(tweet.id), &tweet)?);
    Ok(match context.store.commit(writes).await? {
        Committed::Written => Some(tweet),
        Committed::ConditionFailed => None,
    })
}

#[derive(Deserialize)]
struct LastId {
    last_id: i64,
}

/// The id of this time and the account's number. If it is not greater than the account's last id, the last id plus one
/// millisecond.
async fn next_id(context: &Context, account: &Account, at: DateTime<Utc>) -> Result<i64, Error> {
    let number_of = i64::try_from(account_number(account)).unwrap_or_default();
    let candidate = first_id(at).saturating_add(number_of);
    let key = || Key::new(format!("x#last-id#{}", account.id), "last-id");
    let fresh = context
        .store
        .update::<LastId>(|| {
            Update::new(key(), "SET #last_id = :id")
                .only_if("attribute_not_exists(pk) OR #last_id < :id")
                .with(":id", number(candidate))
        })
        .await?;
    if let Updated::Written(last) = fresh {
        return Ok(last.last_id);
    }
    let next = context
        .store
        .update::<LastId>(|| {
            Update::new(key(), "SET #last_id = #last_id + :step")
                .only_if("attribute_exists(pk)")
                .with(":step", number(MILLISECOND))
        })
        .await?;
    match next {
        Updated::Written(last) => Ok(last.last_id),
        Updated::ConditionFailed(_) => Err(Error::Busy),
    }
}

/// The newest posts of one account or of all, with ids from `first` to `last` (inclusive).
pub(crate) async fn newest(
    context: &Context,
    account: Option<&Account>,
    (first, last): (i64, i64),
    limit: usize,
) -> Result<Vec<Tweet>, Error> {
    // DynamoDB refuses a range whose first key is greater than the last.
    if first > last {
        return Ok(Vec::new());
    }
    let between = (sort_key(first), sort_key(last));
    published::newest(context, &SPEC, account, (&between.0, &between.1), limit).await
}

pub(crate) async fn find(context: &Context, account: &Account, id: i64) -> Result<Option<Tweet>, Error> {
    published::find(context, &SPEC, account, sort_key(id)).await
}
