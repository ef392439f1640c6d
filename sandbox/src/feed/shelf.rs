//! Where published posts are kept: under their account and in the feed of all, the newest findable first.

use super::Post;
use crate::{
    Sandbox,
    account::Account,
    network::Network,
    store::{Error, Key, Write},
};

/// The partition of an account's posts (its id), or of everybody's.
fn partition<P: Post>(account: Option<&str>) -> String {
    let network = P::Network::KEY;
    match account {
        Some(id) => format!("{network}#feed#{id}"),
        None => format!("{network}#feed"),
    }
}

/// The writes that put a post into both feeds.
pub(crate) fn writes<P: Post>(post: &P) -> Result<[Write; 2], Error> {
    let put = |account| Write::put(Key::new(partition::<P>(account), post.sort_key()), post);
    Ok([put(Some(post.account()))?, put(None)?])
}

/// The newest posts of an account, or of everybody, with sort keys between the two (both included).
pub(crate) async fn newest<P: Post>(
    sandbox: &Sandbox,
    account: Option<&Account<P::Network>>,
    between: (&str, &str),
    limit: usize,
) -> Result<Vec<P>, Error> {
    let partition = partition::<P>(account.map(|account| account.id));
    sandbox.store.newest(&partition, between, limit).await
}

/// The post of an account with this sort key.
pub(crate) async fn find<P: Post>(
    sandbox: &Sandbox,
    account: &Account<P::Network>,
    sort_key: String,
) -> Result<Option<P>, Error> {
    sandbox.store.get(Key::new(partition::<P>(Some(account.id)), sort_key)).await
}
