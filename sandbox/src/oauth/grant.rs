//! Grants: an app may act for an account within a scope.

use serde::{Deserialize, Serialize};

use crate::{
    context::Context,
    error::Error,
    spec::Spec,
    store::{Key, Update, Updated, Value, Write},
};

#[derive(Serialize, Deserialize)]
pub(crate) struct Grant {
    /// The app's id; on a network that binds grants to keys, also the keys.
    pub(crate) client_id: String,
    /// The account's id.
    pub(crate) account: String,
    /// The granted scopes, with the platform's separator.
    pub(crate) scope: String,
    /// False once the grant is revoked.
    pub(crate) alive: bool,
}

pub(super) fn key(spec: &Spec, id: &str) -> Key {
    Key::new(format!("{}#grant#{id}", spec.key), "grant")
}

/// Revokes a grant, and with it all tokens issued from it.
pub(crate) async fn revoke(context: &Context, spec: &Spec, id: &str) -> Result<(), Error> {
    let revoked: Updated<Grant> = context
        .store
        .update(|| {
            let update = Update::new(key(spec, id), "SET #alive = :no").only_if("attribute_exists(pk)");
            update.with(":no", Value::Bool(false))
        })
        .await?;
    // When a code is used twice at once, the grant may not exist yet. The first use then fails to create it.
    if let Updated::ConditionFailed(_) = revoked {
        tracing::debug!("no grant to revoke");
    }
    Ok(())
}

/// A write that fails if the grant is revoked.
pub(super) fn unless_revoked(spec: &Spec, id: &str) -> Write {
    let update = Update::new(key(spec, id), "SET #alive = :yes").only_if("#alive = :yes");
    update.with(":yes", Value::Bool(true)).into()
}
