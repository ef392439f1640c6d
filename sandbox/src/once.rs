//! What an account does once in its life, as some misbehave at their first post only.

use serde::{Deserialize, Serialize};

use crate::{
    Sandbox,
    account::Account,
    network::Network,
    store::{Changed, Error, Key, Update, number},
};

/// When something was done for the first time.
pub(crate) struct Once {
    /// Whether this is that time.
    pub(crate) first: bool,
    /// Seconds since the epoch.
    pub(crate) at: i64,
}

#[derive(Serialize, Deserialize)]
struct Item {
    at: i64,
}

/// What accounts do once.
pub(crate) const POST: &str = "first-post";
pub(crate) const LOST_CHUNK: &str = "lost-chunk";

/// Marks that the account does this, unless it is marked: of two at once, only one is the first.
pub(crate) async fn mark<N: Network>(sandbox: &Sandbox, account: &Account<N>, what: &str) -> Result<Once, Error> {
    let now = (sandbox.clock)().timestamp();
    let claimed: Changed<Item> = sandbox
        .store
        .change(|| {
            Update::new(Key::new(format!("{}#{what}#{}", N::KEY, account.id), what), "SET #at = :now")
                .only_if("attribute_not_exists(pk)")
                .with(":now", number(now))
        })
        .await?;
    Ok(match claimed {
        Changed::Done(item) => Once { first: true, at: item.at },
        Changed::Refused(item) => Once { first: false, at: item.map_or(now, |item| item.at) },
    })
}
