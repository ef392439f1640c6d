//! `POST /connect/{platform}/deauthorize`: the person removed our app, so their tokens are dead.

use platforms::PlatformId;
use serde_json::json;
use shared::api::{Error, Request, Response};

use super::{Deps, signed};

/// Posts to the accounts are held until they are connected again.
pub(super) async fn deauthorize(deps: &Deps, platform: PlatformId, request: &Request) -> Result<Response, Error> {
    let signed = signed::read(deps, platform, request)?;
    for person in signed.persons() {
        let accounts = deps.store.accounts_of_person(person).await?;
        for (tenant, account) in accounts.into_iter().filter(|(_, account)| signed.is_about(account)) {
            // False if it is not connected, or was connected again meanwhile.
            if deps.store.mark_reconnect_required(tenant, account.client, account.id, account.grant).await? {
                tracing::info!(account = %account.id, %platform, "its owner removed the app");
            }
        }
    }
    Ok(Response::document(&json!({})))
}
