//! A claimed target with what was read for it, and how it is changed and saved.

use chrono::{DateTime, Duration, Utc};
use publishing::{At, Event, Target};
use shared::{
    account::Account,
    net::HttpClient,
    post::Post,
    store::{self, Claim, Grant, Saved},
    tenant::Tenant,
};

use super::Deps;

/// How old may be what a commit knows of its account.
const FRESH: Duration = Duration::seconds(2);

/// The wait before a target that could not be saved is saved again.
const SAVE_RETRY: Duration = Duration::seconds(1);

/// What was read for a claimed target.
pub(super) struct Work<'a> {
    pub(super) deps: &'a Deps,
    /// Calls by this client end before the claim does.
    pub(super) http: HttpClient,
    pub(super) tenant: Tenant,
    /// The end of the claim.
    pub(super) lease_until: DateTime<Utc>,
    /// Without its targets.
    pub(super) post: &'a Post,
    /// The target's.
    pub(super) account: Option<&'a Account>,
    /// When the account was read.
    pub(super) read_at: DateTime<Utc>,
}

/// How a target continues after a step.
pub(super) enum Flow {
    /// Take the next step.
    Continue,
    /// Nothing else is due: save the target and give it back.
    Stop,
    /// The claim is lost: stop without saving.
    ClaimLost,
}

impl Work<'_> {
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.deps.clock.now()
    }

    pub(super) fn at(&self, target: &Target) -> At<'static> {
        At {
            now: self.now(),
            spec: platforms::spec(target.platform),
            // Stable for a target.
            jitter: i32::from(target.account.as_bytes()[0] ^ self.post.id.as_bytes()[0]) % 100,
            publish_before: self.post.publish_before,
        }
    }

    /// Whether the account is as it was read, so that a commit may follow. An account that was disconnected or connected again
    /// while media were read or prepared needs the whole preparation.
    pub(super) async fn is_current(&self) -> Result<bool, store::Error> {
        if self.now() - self.read_at <= FRESH {
            return Ok(true);
        }
        let Some(known) = self.account else { return Ok(true) };
        let account = self.deps.store.account_of(self.tenant, self.post.client, known.id).await?;
        Ok(account.is_some_and(|account| (account.status, account.grant) == (known.status, known.grant)))
    }

    pub(super) fn apply(&self, target: &mut Target, event: Event) {
        target.apply(event, &self.at(target));
    }

    /// Updates the grant's expiry on the account, after a renewal or for a worker that crashed after one. It is only shown, so
    /// publishing continues if this fails.
    pub(super) async fn record_expiry(&self, account: &Account, grant: &Grant) {
        let end = grant.tokens.grant_ends;
        if account.expires_at != end
            && let Err(error) = self.deps.store.mark_expiry(self.tenant, account, end).await
        {
            tracing::warn!(account = %account.id, %error, "the grant's expiry could not be stored on the account");
        }
    }

    /// Applies a cancel that the agency requested at `at`.
    pub(super) fn cancel(&self, target: &mut Target, at: DateTime<Utc>) {
        target.apply(Event::Cancel, &At { now: at, ..self.at(target) });
    }

    /// Saves the target, tells what became of it, and gives it back. What a platform answered must not be lost, or the next worker
    /// would be in doubt: the save is tried until the claim ends. Returns `false` if the claim was lost.
    pub(super) async fn finish(&self, claim: &mut Claim, target: &mut Target) -> Result<bool, store::Error> {
        loop {
            match self.deps.store.finish_target(claim, target, self.now()).await {
                Ok(Saved::Yes) if claim.has_news() => {
                    if let Err(error) = self.deps.store.tell(claim, self.post).await {
                        self.wait_to_store(error).await?;
                    }
                }
                Ok(Saved::Yes) => return Ok(true),
                Ok(Saved::Canceled(at)) => self.cancel(target, at),
                Ok(Saved::ClaimLost) => return Ok(false),
                Err(error) => self.wait_to_store(error).await?,
            }
        }
    }

    /// Waits before a write of an answer is repeated.
    ///
    /// # Errors
    /// The one given, if the claim ends before.
    pub(super) async fn wait_to_store(&self, error: store::Error) -> Result<(), store::Error> {
        if self.now() + SAVE_RETRY >= self.lease_until {
            return Err(error);
        }
        tracing::warn!(post = %self.post.id, %error, "an answer could not be stored; it is tried again");
        self.deps.clock.sleep(SAVE_RETRY.to_std().unwrap_or_default()).await;
        Ok(())
    }
}
