//! `DELETE /v1/accounts/{accountId}`: disconnects an account. Its tokens are destroyed, and its scheduled posts fail with
//! `account_disconnected`. An account that is connected again keeps its id.
//!
//! Our state changes first, in one transaction. Then the platform is asked to revoke the grant, if it has such a call.
//! `revokedAtPlatform` says whether the platform did so for this request; the account is disconnected in any case. It is
//! false while the tokens are being refreshed: the refreshing worker revokes the new tokens.
//!
//! Safe to repeat: disconnecting a disconnected account changes nothing.
//!
//! Errors: 401, 403, 404 (also for another agency's account, or another client's than the key is bound to), 429.

use std::time::Duration;

use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    account::{Account, AccountStatus},
    api::{self, Code, Error, Request, Response, contract::Operation, object},
    clock::Clock,
    deps,
    id::AccountId,
    net::HttpClient,
    oauth,
    scope::Scope,
    site::Sites,
    store::{self, Gate, Grant, Store, Vault},
    tenant::Tenant,
};

/// Number of tries when a reconnect or a refresh interferes.
const TRIES: u32 = 4;

deps! {
    pub struct Deps {
        pub gate: Gate,
        pub store: Store,
        pub vault: Vault,
        pub sites: Sites,
        pub http: HttpClient,
        /// Total time for the calls of one request.
        pub patience: Duration,
        pub clock: Clock,
    }
}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::delete("/v1/accounts/{accountId}", "disconnectAccount", "Accounts", "Disconnect an account")
        .describe(
            "Its tokens are destroyed, and its scheduled posts fail with `account_disconnected`. It can be connected again by a \
             new connect link, and keeps its id. Safe to repeat.",
        )
        .scope(Scope::AccountsConnect)
        .path::<AccountId>("accountId", "The account's id.")
        .one::<DisconnectedAccount>(StatusCode::OK, "The disconnected account.")
        .error(Code::NotFound)
}

/// # Errors
/// 401, 403, 404, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let read = |tenant, id| deps.store.find_account(tenant, id);
    let (caller, mut account) = api::find(&deps.gate, &request, Scope::AccountsConnect, now, read).await?;
    for _ in 0..TRIES {
        if account.status == AccountStatus::Disconnected {
            return Ok(answer(&account, false));
        }
        let grant = grant(deps, caller.tenant, &account).await?;
        if deps.store.disconnect_account(&deps.vault, caller.tenant, &account, grant.as_ref()).await? {
            tracing::info!(account = %account.id, platform = %account.platform, "disconnected");
            account.status = AccountStatus::Disconnected;
            let revoked = match grant {
                Some(grant) => revoke(deps, caller.tenant, &account, &grant).await && grant.is_settled(),
                None => false,
            };
            return Ok(answer(&account, revoked));
        }
        let again = deps.store.find_account(caller.tenant, account.id).await?;
        account = again.ok_or_else(|| Error::not_found("account"))?;
        caller.require_client(account.client, "account")?;
    }
    Err(store::Error::Busy.into())
}

/// The tokens to revoke. A grant that cannot be decrypted is destroyed without being revoked.
async fn grant(deps: &Deps, tenant: Tenant, account: &Account) -> Result<Option<Grant>, Error> {
    match deps.vault.find(tenant, account).await {
        Err(store::Error::Corrupt(reason)) => {
            tracing::warn!(account = %account.id, reason, "the grant cannot be revoked at the platform");
            Ok(None)
        }
        found => Ok(found?),
    }
}

/// Asks the platform to revoke the grant. Returns whether it did.
async fn revoke(deps: &Deps, tenant: Tenant, account: &Account, grant: &Grant) -> bool {
    let Some(site) = deps.sites.site(tenant.mode, account.platform) else { return false };
    let http = deps.http.chain(deps.patience);
    oauth::revoke(&http, &site, &grant.tokens, deps.clock.now()).await.unwrap_or_else(|error| {
        tracing::warn!(account = %account.id, platform = %account.platform, %error, "the platform did not confirm that it revoked the grant");
        false
    })
}

/// A disconnected account.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DisconnectedAccount<'a> {
    #[serde(flatten)]
    account: object::Account<'a>,
    /// Whether the platform revoked the authorization for this request.
    revoked_at_platform: bool,
}

fn answer(account: &Account, revoked_at_platform: bool) -> Response {
    Response::one(StatusCode::OK, DisconnectedAccount { account: object::account(account), revoked_at_platform })
}
