//! A claimed post, and how its targets are changed and saved.

use chrono::{DateTime, Duration, Utc};
use publishing::{At, Event, Target};
use shared::{
    account::Account,
    net::HttpClient,
    post::Post,
    store::{self, Claim, Grant},
};

use super::{Deps, media::MediaFacts};

/// The wait before an answer that could not be saved is saved again.
const SAVE_RETRY: Duration = Duration::seconds(1);

/// A claimed post with everything that was read for it.
pub(super) struct Work<'a> {
    pub(super) deps: &'a Deps,
    /// Calls by this client end before the claim does.
    pub(super) http: HttpClient,
    pub(super) claim: &'a Claim,
    pub(super) post: &'a Post,
    pub(super) accounts: &'a [Account],
    /// The facts of the post's media, read when the first target needs them.
    pub(super) media_facts: MediaFacts,
}

/// How a target continues after a step.
pub(super) enum Flow {
    /// Take the next step.
    Continue,
    /// The target is saved and nothing else is due.
    Saved,
    /// The claim is lost: stop without saving.
    LeaseLost,
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

    pub(super) fn apply(&self, target: &mut Target, event: Event) {
        target.apply(event, &self.at(target));
    }

    /// Updates the grant's expiry on the account, after a renewal or for a worker that crashed after one. It is only shown, so
    /// publishing continues if this fails.
    pub(super) async fn record_expiry(&self, account: &Account, grant: &Grant) {
        let end = grant.tokens.grant_ends;
        if account.expires_at != end
            && let Err(error) = self.deps.store.mark_expiry(self.claim.tenant, account, end).await
        {
            tracing::warn!(account = %account.id, %error, "the grant's expiry could not be stored on the account");
        }
    }

    pub(super) async fn save(&self, target: &mut Target) -> Result<Flow, store::Error> {
        Ok(if self.deps.store.save_target(self.claim, target).await? { Flow::Saved } else { Flow::LeaseLost })
    }

    /// Saves what a platform answered. Without it, the next worker would be in doubt: it is tried until the claim ends.
    pub(super) async fn save_answer(&self, target: &mut Target) -> Result<Flow, store::Error> {
        loop {
            match self.save(target).await {
                Err(error) => self.wait_to_store(error).await?,
                saved => return saved,
            }
        }
    }

    /// Waits before a write of an answer is repeated.
    ///
    /// # Errors
    /// The one given, if the claim ends before.
    pub(super) async fn wait_to_store(&self, error: store::Error) -> Result<(), store::Error> {
        if self.now() + SAVE_RETRY >= self.claim.until {
            return Err(error);
        }
        tracing::warn!(post = %self.post.id, %error, "an answer could not be stored; it is tried again");
        self.deps.clock.sleep(SAVE_RETRY.to_std().unwrap_or_default()).await;
        Ok(())
    }
}
