//! Refreshes a grant's tokens, one refresh at a time.
//!
//! On some platforms, a rotated refresh token that is used twice invalidates the whole grant. Therefore a refresh takes a
//! lease on the grant in the vault, calls the platform once, and stores the new tokens before they are used. After a
//! failure, the stored grant is read again before anything else.

use chrono::{DateTime, Duration, Utc};
use publishing::to_chrono;
use shared::{
    account::{Account, AccountStatus},
    oauth::{self, Tokens},
    site::Site,
    store::{self, Grant},
};

use super::work::Work;

/// The wait while another worker refreshes the grant.
const REFRESH_POLL: Duration = Duration::seconds(5);

pub(super) enum Refresh {
    /// The stored grant has new tokens.
    Done(Box<Grant>),
    /// Another worker is refreshing: continue at this time.
    Busy(DateTime<Utc>),
    /// The server was not reached or did not answer; the grant may still be valid. Retry not before `not_before`.
    Failed { reason: String, not_before: DateTime<Utc> },
    /// The platform reports that the grant is invalid, or the grant is no longer in the vault.
    GrantInvalid,
}

pub(super) async fn refresh(
    work: &Work<'_>,
    account: &Account,
    site: &Site,
    grant: Grant,
) -> Result<Refresh, store::Error> {
    let (vault, now) = (&work.deps.vault, work.now());
    // The refresh's lease outlives the claim, and so the refresh.
    let until = now + to_chrono(work.deps.lease) * 2;
    if !vault.take_lease(&grant, now, until).await? {
        return reread(work, account, &grant, Refresh::Busy(now + REFRESH_POLL)).await;
    }
    match oauth::refresh(&work.http, site, &grant.tokens, now).await {
        Ok(tokens) => {
            // The old refresh token may be spent.
            let stored = loop {
                match vault.store_rotated(work.tenant, &grant, tokens.clone()).await {
                    Err(error) => work.wait_to_store(error).await?,
                    Ok(stored) => break stored,
                }
            };
            if let Some(fresh) = stored {
                return Ok(Refresh::Done(Box::new(fresh)));
            }
            let stored = reread(work, account, &grant, Refresh::GrantInvalid).await?;
            if matches!(stored, Refresh::GrantInvalid) {
                revoke_unused(work, account, site, &tokens).await?;
            }
            Ok(stored)
        }
        Err(error) => {
            tracing::warn!(account = %account.id, %error, "a refresh gave no tokens");
            let failed = |not_before| Refresh::Failed { reason: error.to_string(), not_before };
            match error {
                oauth::Error::Dead(_) => reread(work, account, &grant, Refresh::GrantInvalid).await,
                oauth::Error::NotSent(_) | oauth::Error::Discovery(_) => {
                    vault.release_lease(&grant, until).await?;
                    Ok(failed(now))
                }
                // The old token may be spent. The lease is not released, so that the next attempt is made late.
                _ => reread(work, account, &grant, failed(until)).await,
            }
        }
    }
}

/// Reads the stored grant again. If it is newer than the one that was tried, its tokens are used.
async fn reread(
    work: &Work<'_>,
    account: &Account,
    tried: &Grant,
    otherwise: Refresh,
) -> Result<Refresh, store::Error> {
    Ok(match work.deps.vault.find(work.tenant, account).await? {
        None => Refresh::GrantInvalid,
        Some(stored) if stored.version > tried.version => Refresh::Done(Box::new(stored)),
        Some(_) => otherwise,
    })
}

/// Revokes new tokens whose account was disconnected during the refresh, because they are not stored anywhere. If the account
/// was connected again, nothing is revoked: some platforms would end the new grant, too.
async fn revoke_unused(work: &Work<'_>, account: &Account, site: &Site, tokens: &Tokens) -> Result<(), store::Error> {
    let now = work.deps.store.account_of(work.tenant, account.client, account.id).await?;
    if now.is_some_and(|now| now.status == AccountStatus::Disconnected)
        && let Err(error) = oauth::revoke(&work.http, site, tokens, work.now()).await
    {
        tracing::warn!(account = %account.id, %error, "the account is disconnected, and revoking its new tokens failed");
    }
    Ok(())
}
