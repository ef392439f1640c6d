//! `POST /connect/{platform}/data-deletion`: the person asks for the deletion of their data.

use platforms::PlatformId;
use serde_json::json;
use shared::{
    account::{Account, AccountStatus},
    api::{Error, Request, Response, request::public_url},
    store,
    tenant::Tenant,
};

use super::{
    Deps,
    signed::{self, Signed},
};

/// Number of tries when a reconnect or a refresh interferes.
const TRIES: u32 = 4;

/// The answer has the form that the platform demands.
pub(super) async fn delete(deps: &Deps, platform: PlatformId, request: &Request) -> Result<Response, Error> {
    let public = public_url(request, deps.public_url.as_ref())?;
    let signed = signed::read(deps, platform, request)?;
    let mut code = String::new();
    for person in signed.persons() {
        let mut accounts = deps.store.accounts_of_person(person).await?;
        accounts.retain(|(_, account)| signed.is_about(account));
        // Noted first: the page is true even if what follows is interrupted, and the platform asks again.
        let noted = deps.store.insert_deletion(person, accounts.len(), signed.issued_at).await?;
        // The page is of the mode in which there are accounts.
        if code.is_empty() || !accounts.is_empty() {
            code = noted;
        }
        for (tenant, account) in accounts {
            erase(deps, &signed, tenant, account).await?;
        }
    }
    let mut page = public;
    page.set_path(&format!("/connect/{platform}/data-deletion/{code}"));
    Ok(Response::document(&json!({ "url": page.as_str(), "confirmation_code": code })))
}

/// Disconnects the account and erases whose it was. The platform ended the grant by itself.
async fn erase(deps: &Deps, signed: &Signed, tenant: Tenant, mut account: Account) -> Result<(), Error> {
    for _ in 0..TRIES {
        if account.status == AccountStatus::Disconnected {
            if deps.store.erase_account(tenant, &account).await? {
                tracing::info!(account = %account.id, "erased at its owner's request");
                return Ok(());
            }
        } else {
            let grant = match deps.vault.find(tenant, &account).await {
                // A grant that cannot be decrypted is destroyed, too.
                Err(store::Error::Corrupt(_)) => None,
                found => found?,
            };
            deps.store.disconnect_account(&deps.vault, tenant, &account, grant.as_ref()).await?;
        }
        let again = deps.store.account_of(tenant, account.client, account.id).await?;
        account = again.ok_or_else(|| Error::not_found("account"))?;
        if !signed.is_about(&account) {
            // Connected again meanwhile.
            return Ok(());
        }
    }
    Err(store::Error::Busy.into())
}
