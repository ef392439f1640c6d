//! `DELETE /v1/accounts/{accountId}`: disconnects an account. Its tokens are destroyed, its scheduled posts fail with
//! `account_disconnected`; connected again by a link, it has the same id.
//!
//! First our own state, in one transaction; then the platform is asked to end the grant, where it has such a call.
//! `revokedAtPlatform` says whether it did so for this very request: a platform that does not answer keeps nothing
//! connected here. Where the tokens are being renewed at this moment it is false: the worker that renews them ends what it
//! gets.
//!
//! Safe to repeat: an account that is disconnected is disconnected.
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

/// How often is tried what meets a reconnect or a refresh.
const TRIES: u32 = 4;

deps! {
    pub struct Deps {
        pub gate: Gate,
        pub store: Store,
        pub vault: Vault,
        pub sites: Sites,
        pub http: HttpClient,
        /// How long its calls may take for one request.
        pub patience: Duration,
        pub clock: Clock,
    }
}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::delete("/v1/accounts/{accountId}", "disconnectAccount", "Accounts", "Disconnect an account")
        .describe(
            "Its tokens are destroyed, and its scheduled posts fail with `account_disconnected`. A new connect link connects it \
             again, under the same id. Safe to repeat.",
        )
        .scope(Scope::AccountsConnect)
        .path::<AccountId>("accountId", "The account's id.")
        .one::<DisconnectedAccount>(StatusCode::OK, "The account, disconnected.")
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

/// What there is to revoke. A grant whose seal does not open is destroyed all the same.
async fn grant(deps: &Deps, tenant: Tenant, account: &Account) -> Result<Option<Grant>, Error> {
    match deps.vault.find(tenant, account.grant).await {
        Err(store::Error::Corrupt(reason)) => {
            tracing::warn!(account = %account.id, reason, "its grant cannot be revoked at the platform");
            Ok(None)
        }
        found => Ok(found?),
    }
}

/// Asks the platform to end the grant. Whether it did.
async fn revoke(deps: &Deps, tenant: Tenant, account: &Account, grant: &Grant) -> bool {
    let Some(site) = deps.sites.site(tenant.mode, account.platform) else { return false };
    let http = deps.http.chain(deps.patience);
    oauth::revoke(&http, &site, &grant.tokens, deps.clock.now()).await.unwrap_or_else(|error| {
        tracing::warn!(account = %account.id, platform = %account.platform, %error, "the platform was not heard to end the grant");
        false
    })
}

/// An account that is disconnected.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DisconnectedAccount<'a> {
    #[serde(flatten)]
    account: object::Account<'a>,
    /// Whether the platform ended the authorization for this very request.
    revoked_at_platform: bool,
}

fn answer(account: &Account, revoked_at_platform: bool) -> Response {
    Response::one(StatusCode::OK, DisconnectedAccount { account: object::account(account), revoked_at_platform })
}
