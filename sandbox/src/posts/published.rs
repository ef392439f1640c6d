//! Published posts in the table. Each is stored twice: under its account, and in the feed of the whole network.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    account::Account,
    context::Context,
    error::Error,
    spec::Spec,
    store::{Key, Write, number},
};

/// The attribute with the time of [`Visible::visible_at`], for the filter of reads.
const VISIBLE_AT: &str = "visible_at";

/// A post that appears at a time.
pub(crate) trait Visible: Serialize + DeserializeOwned {
    /// When the post appears, in milliseconds since the epoch. Until then, reads omit it.
    fn visible_at(&self) -> i64;
}

/// The partition of an account's posts, or of all posts.
fn partition(spec: &Spec, account: Option<&str>) -> String {
    match account {
        Some(id) => format!("{}#feed#{id}", spec.key),
        None => format!("{}#feed", spec.key),
    }
}

/// The writes that publish a post of this account (its id). A later post needs a greater `sort_key`.
pub(crate) fn writes<P: Visible>(spec: &Spec, account: &str, sort_key: &str, post: &P) -> Result<[Write; 2], Error> {
    let put = |account| {
        let write = Write::put(Key::new(partition(spec, account), sort_key), post)?;
        Ok::<Write, Error>(write.with(VISIBLE_AT, number(post.visible_at())))
    };
    Ok([put(Some(account))?, put(None)?])
}

/// The newest visible posts of one account or of all, with sort keys in `between` (inclusive).
pub(crate) async fn newest<P: Visible>(
    context: &Context,
    spec: &Spec,
    account: Option<&Account>,
    between: (&str, &str),
    limit: usize,
) -> Result<Vec<P>, Error> {
    let partition = partition(spec, account.map(|account| account.id));
    let visible = (VISIBLE_AT, context.now().timestamp_millis());
    context.store.newest(&partition, between, visible, limit).await
}

/// The visible post of an account that has this sort key.
pub(crate) async fn find<P: Visible>(
    context: &Context,
    spec: &Spec,
    account: &Account,
    sort_key: String,
) -> Result<Option<P>, Error> {
    let found = context.store.get::<P>(Key::new(partition(spec, Some(account.id)), sort_key)).await?;
    Ok(found.filter(|post| post.visible_at() <= context.now().timestamp_millis()))
}
