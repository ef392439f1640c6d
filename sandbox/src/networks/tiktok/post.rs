//! Complete posts in the table.

use super::{publishing::Publishing, spec::SPEC};
use crate::{account::Account, context::Context, error::Error, posts::published, store::Write};

fn sort_key(id: i64) -> String {
    format!("{id:019}")
}

/// The writes that publish a post whose media has arrived. Reads omit it until it is processed. A draft is not public.
pub(crate) fn writes(publishing: &Publishing) -> Result<Vec<Write>, Error> {
    if publishing.fail_reason.is_some() || publishing.draft {
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
    published::newest(context, &SPEC, account, (&sort_key(0), &sort_key(i64::MAX)), limit).await
}

pub(crate) async fn find(context: &Context, account: &Account, id: i64) -> Result<Option<Publishing>, Error> {
    published::find(context, &SPEC, account, sort_key(id)).await
}
