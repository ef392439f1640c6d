//! A target before sending: recovery after a crashed worker, and the account, site and grant that sending needs.

use chrono::{DateTime, Utc};
use platforms::{Adapter, Effect, FaultCode};
use publishing::{
    State, Target,
    outcome::{self, fault},
};
use shared::{
    account::{Account, AccountStatus},
    net::HttpClient,
    post::Post,
    site::Site,
    store::{self, Claim, Grant},
};

use super::{Deps, media::MediaFacts, run::Run};

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
    /// Takes all due steps of a target; `None` if the claim was lost.
    pub(super) async fn run(&self, mut target: Target) -> Result<Option<Target>, store::Error> {
        if !target.ready(self.now()) {
            return Ok(Some(target));
        }
        let adapter = platforms::adapter(target.platform);
        self.recover(&mut target, adapter);
        let ready = self.prepare(&mut target).await?;
        let mut flow = match &ready {
            Some(_) => Flow::Continue,
            None => self.save(&target).await?,
        };
        if let Some((account, site, grant)) = ready {
            let mut run = Run::new(self, adapter, account, site, grant);
            while matches!(flow, Flow::Continue) {
                flow = run.step(&mut target).await?;
            }
        }
        Ok((!matches!(flow, Flow::LeaseLost)).then_some(target))
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.deps.clock.now()
    }

    /// Handles a step that a crashed worker left in flight: the outcome of a commit is unknown, anything else is repeated.
    fn recover(&self, target: &mut Target, adapter: &dyn Adapter) {
        match target.in_flight {
            Some(Effect::Commit) => {
                outcome::unknown(target, "the worker stopped before the response", adapter.spec(), self.now());
                // It was sent at least a lease ago, so no settle window is needed.
                target.next_at = Some(self.now());
            }
            Some(Effect::Prepare | Effect::Confirm) => target.end("interrupted"),
            None => {}
        }
    }

    /// The account, site and grant that sending needs. If one is missing, sets the target's outcome.
    async fn prepare<'a>(&'a self, target: &mut Target) -> Result<Option<(&'a Account, Site, Grant)>, store::Error> {
        let now = self.now();
        let open = target.state != State::Unconfirmed && !outcome::is_accepted(target);
        if open && self.post.publish_before.is_some_and(|before| before <= now) {
            let message = "Its publishBefore has passed; nothing was sent.";
            outcome::failed(target, fault(FaultCode::TooLate, message));
            return Ok(None);
        }
        let reconnect = || {
            let message = "The customer has to connect the account again: mint a new connect link.";
            fault(FaultCode::ReconnectRequired, message)
        };
        let account = self.accounts.iter().find(|account| account.id == target.account);
        let Some(account) = account.filter(|account| account.status != AccountStatus::Disconnected) else {
            if open {
                let message = "The account is not connected any more; nothing was sent.";
                outcome::failed(target, fault(FaultCode::AccountDisconnected, message));
            } else {
                outcome::held(target, reconnect(), now);
            }
            return Ok(None);
        };
        let Some(site) = self.deps.sites.site(self.claim.tenant.mode, target.platform) else {
            let message = "This deployment has no credentials for the platform any more: set them again.";
            outcome::held(target, fault(FaultCode::PlatformNotOffered, message), now);
            return Ok(None);
        };
        let connected = account.status == AccountStatus::Connected;
        let grant = if connected { self.deps.vault.find(self.claim.tenant, account.grant).await? } else { None };
        match grant {
            None => {
                // The grant can no longer be opened, because its secret was removed.
                if connected {
                    let (client, id) = (self.post.client, account.id);
                    self.deps.store.mark_reconnect_required(self.claim.tenant, client, id, account.grant).await?;
                }
                outcome::held(target, reconnect(), now);
                Ok(None)
            }
            Some(grant) => {
                self.record_expiry(account, &grant).await;
                Ok(Some((account, site, grant)))
            }
        }
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
