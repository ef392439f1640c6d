//! Records what an account did for the first time, for behaviors that occur once.

use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    context::Context,
    error::Error,
    spec::Spec,
    store::{Key, Update, Updated, number},
};

pub(crate) const POST: &str = "first-post";
pub(crate) const CONTAINER: &str = "first-container";
pub(crate) const UPLOAD: &str = "first-upload";
pub(crate) const LOST_CHUNK: &str = "lost-chunk";

pub(crate) struct FirstTime {
    /// Whether this call is the first one.
    pub(crate) is_now: bool,
    /// Time of the first call, in seconds since the epoch.
    pub(crate) at: i64,
}

#[derive(Serialize, Deserialize)]
struct Item {
    at: i64,
}

/// Records that the account does `what`. Of concurrent calls, exactly one is the first.
pub(crate) async fn record(context: &Context, spec: &Spec, account: &Account, what: &str) -> Result<FirstTime, Error> {
    let now = context.now().timestamp();
    let recorded: Updated<Item> = context
        .store
        .update(|| {
            Update::new(Key::new(format!("{}#{what}#{}", spec.key, account.id), what), "SET #at = :now")
                .only_if("attribute_not_exists(pk)")
                .with(":now", number(now))
        })
        .await?;
    Ok(match recorded {
        Updated::Written(item) => FirstTime { is_now: true, at: item.at },
        Updated::ConditionFailed(item) => FirstTime { is_now: false, at: item.map_or(now, |item| item.at) },
    })
}
