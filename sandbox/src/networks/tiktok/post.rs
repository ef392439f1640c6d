//! Complete posts in the table.

use chrono::{DateTime, Utc};

use super::{
    publishing::{PROCESSING, Publishing, first_id},
    spec::SPEC,
};
use crate::{account::Account, context::Context, error::Error, posts::published, store::Write};

fn sort_key(id: i64) -> String {
    format!("{id:019}")
}

/// The writes that publish a post whose media has arrived. Reads omit it until it is processed.
pub(crate) fn writes(publishing: &Publishing) -> Result<Vec<Write>, Error> {
    if publishing.fail_reason.is_some() {
        return Ok(Vec::new());
    }
    let sort_key = sort_key(publishing.post_id());
    Ok(published::writes(&SPEC, &publishing.account, &sort_key, publishing)?.into())
}

/// The newest complete posts of one account or of all.
pub(crate) async fn newest(
    context: &Context,
    account: Option<&Account>,
    limit: usize,
) -> Result<Vec<Publishing>, Error> {
    let last = sort_key(first_id(latest_processed(context.now()) + 1) - 1);
    published::newest(context, &SPEC, account, (&sort_key(0), &last), limit).await
}

pub(crate) async fn find(context: &Context, account: &Account, id: i64) -> Result<Option<Publishing>, Error> {
    let found = published::find::<Publishing>(context, &SPEC, account, sort_key(id)).await?;
    let now = latest_processed(context.now());
    Ok(found.filter(|post| post.received_at.is_some_and(|at| at <= now)))
}

/// Media that arrived by this millisecond is processed.
fn latest_processed(now: DateTime<Utc>) -> i64 {
    now.timestamp_millis() - PROCESSING
}
