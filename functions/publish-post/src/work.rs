//! A claimed post, and how its targets are saved.

use chrono::{DateTime, Utc};
use publishing::Target;
use shared::{
    account::Account,
    net::HttpClient,
    post::Post,
    store::{self, Claim, Grant},
};

use super::{Deps, media::MediaFacts};

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

    pub(super) async fn save(&self, target: &Target) -> Result<Flow, store::Error> {
        Ok(if self.deps.store.save_target(self.claim, target).await? { Flow::Saved } else { Flow::LeaseLost })
    }
}
