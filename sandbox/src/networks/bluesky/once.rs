//! Values that a server accepts once: ids of proofs and assertions, code challenges, request URIs.

use serde::Deserialize;

use crate::{
    context::Context,
    error::Error,
    secret,
    store::{Key, Update, Updated, number},
};

#[derive(Deserialize)]
struct Used {}

/// Records the use of a value of this kind; false if it was used before. Of concurrent uses, one passes.
pub(super) async fn accept(context: &Context, kind: &'static str, value: &str) -> Result<bool, Error> {
    let key = || Key::new(format!("bluesky#{kind}#{}", secret::fingerprint(value)), kind);
    let used = context
        .store
        .update::<Used>(|| {
            Update::new(key(), "SET #at = :now")
                .only_if("attribute_not_exists(pk)")
                .with(":now", number(context.now().timestamp()))
        })
        .await?;
    Ok(matches!(used, Updated::Written(_)))
}
