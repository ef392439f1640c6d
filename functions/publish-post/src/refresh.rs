//! New tokens for a grant, one refresh at a time.
//!
//! On some platforms a rotated refresh token that is used twice kills the whole grant. So: a lease on the vault's item,
//! one call, and the new tokens stored before they are used. After anything but success the stored grant is read again
//! before anything else.

use chrono::{DateTime, Duration, Utc};
use publishing::outcome::chrono;
use shared::{
    account::{Account, AccountStatus},
    oauth::{self, Tokens},
    site::Site,
    store::{self, Grant},
};

use super::target::Work;

/// How soon to look again while another worker refreshes.
const MEANWHILE: Duration = Duration::seconds(5);

pub(super) enum Refreshed {
    /// Stored, and good to use.
    Fresh(Box<Grant>),
    /// Somebody else is at it.
    Later(DateTime<Utc>),
    /// The server cannot be reached, or does not say: nothing is known to be wrong. Not to be asked again before then.
    Unanswered { reason: String, not_before: DateTime<Utc> },
    /// The platform says that the grant is dead, or it is gone from the vault.
    Dead,
}

pub(super) async fn refresh(
    work: &Work<'_>,
    account: &Account,
    site: &Site,
    grant: Grant,
) -> Result<Refreshed, store::Error> {
    let (vault, now) = (&work.deps.vault, work.now());
    // It outlives the claim, and with it the refresh.
    let until = now + chrono(work.deps.lease) * 2;
    if !vault.take_lease(&grant, now, until).await? {
        return reread(work, &grant, Refreshed::Later(now + MEANWHILE)).await;
    }
    match oauth::refresh(&work.http, site, &grant.tokens, now).await {
        Ok(tokens) => {
            if let Some(fresh) = vault.store_rotated(work.claim.tenant, &grant, tokens.clone()).await? {
                return Ok(Refreshed::Fresh(Box::new(fresh)));
            }
            let stands = reread(work, &grant, Refreshed::Dead).await?;
            if matches!(stands, Refreshed::Dead) {
                end(work, account, site, &tokens).await?;
            }
            Ok(stands)
        }
        Err(error) => {
            tracing::warn!(account = %account.id, %error, "a refresh gave no tokens");
            let unanswered = |not_before| Refreshed::Unanswered { reason: error.to_string(), not_before };
            match error {
                oauth::Error::Dead(_) => reread(work, &grant, Refreshed::Dead).await,
                oauth::Error::NotSent(_) | oauth::Error::Undiscovered(_) => {
                    vault.release_lease(&grant, until).await?;
                    Ok(unanswered(now))
                }
                // The old token may be spent. The lease is left to run out, so that the one gamble is taken late.
                _ => reread(work, &grant, unanswered(until)).await,
            }
        }
    }
}

/// What is stored by now: if it is newer than what was tried, it is what counts.
async fn reread(work: &Work<'_>, tried: &Grant, otherwise: Refreshed) -> Result<Refreshed, store::Error> {
    Ok(match work.deps.vault.find(work.claim.tenant, tried.id).await? {
        None => Refreshed::Dead,
        Some(stored) if stored.version > tried.version => Refreshed::Fresh(Box::new(stored)),
        Some(_) => otherwise,
    })
}

/// Ends tokens that came too late, where their account was disconnected meanwhile: nobody else knows them. Connected again,
/// it has a grant of its own, which some platforms would end with them.
async fn end(work: &Work<'_>, account: &Account, site: &Site, tokens: &Tokens) -> Result<(), store::Error> {
    let found = work.deps.store.find_client_with_accounts(work.claim.tenant, account.client).await?;
    let mut accounts = found.into_iter().flat_map(|(_, accounts)| accounts);
    if accounts.any(|now| now.id == account.id && now.status == AccountStatus::Disconnected)
        && let Err(error) = oauth::revoke(&work.http, site, tokens, work.now()).await
    {
        tracing::warn!(account = %account.id, %error, "disconnected, and the platform was not heard to end its new tokens");
    }
    Ok(())
}
