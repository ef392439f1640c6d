//! Published posts in the table. Each is stored twice: under its account, and in the feed of the whole network.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    account::Account,
    context::Context,
    error::Error,
    spec::Spec,
    store::{Key, Write},
};

/// The partition of an account's posts, or of all posts.
fn partition(spec: &Spec, account: Option<&str>) -> String {
    match account {
        Some(id) => format!("{}#feed#{id}", spec.key),
        None => format!("{}#feed", spec.key),
    }
}

/// The writes that publish a post of this account (its id). A later post needs a greater `sort_key`.
pub(crate) fn writes<P: Serialize>(spec: &Spec, account: &str, sort_key: &str, post: &P) -> Result<[Write; 2], Error> {
    let put = |account| Write::put(Key::new(partition(spec, account), sort_key), post);
    Ok([put(Some(account))?, put(None)?])
}

/// The newest posts of one account or of all, with sort keys in `between` (inclusive).
pub(crate) async fn newest<P: DeserializeOwned>(
    context: &Context,
    spec: &Spec,
    account: Option<&Account>,
    between: (&str, &str),
    limit: usize,
) -> Result<Vec<P>, Error> {
    let partition = partition(spec, account.map(|account| account.id));
    context.store.newest(&partition, between, limit).await
}

/// The post of an account that has this sort key.
pub(crate) async fn find<P: DeserializeOwned>(
    context: &Context,
    spec: &Spec,
    account: &Account,
    sort_key: String,
) -> Result<Option<P>, Error> {
    context.store.get(Key::new(partition(spec, Some(account.id)), sort_key)).await
}
