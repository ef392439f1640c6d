//! One target: what an earlier worker left of it, and what sending it needs.

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

use super::{Deps, media::Looked, run::Run};

/// A claimed post and what was read for it.
pub(super) struct Work<'a> {
    pub(super) deps: &'a Deps,
    /// Until the claim ends.
    pub(super) http: HttpClient,
    pub(super) claim: &'a Claim,
    pub(super) post: &'a Post,
    pub(super) accounts: &'a [Account],
    /// What its media are, once one of its targets needs to know.
    pub(super) looked: Looked,
}

/// Whether to go on with a target.
pub(super) enum Go {
    /// Something is to be sent next.
    On,
    /// It is saved, and that is all for now.
    Stop,
    /// The claim is lost: do nothing more.
    Lost,
}

impl Work<'_> {
    /// Does what there is to do for a target; nothing if the claim was lost.
    pub(super) async fn run(&self, mut target: Target) -> Result<Option<Target>, store::Error> {
        if !target.ready(self.now()) {
            return Ok(Some(target));
        }
        let adapter = platforms::adapter(target.platform);
        self.recover(&mut target, adapter);
        let ready = self.prepare(&mut target).await?;
        let mut go = match &ready {
            Some(_) => Go::On,
            None => self.save(&target).await?,
        };
        if let Some((account, site, grant)) = ready {
            let mut run = Run::new(self, adapter, account, site, grant);
            while matches!(go, Go::On) {
                go = run.step(&mut target).await?;
            }
        }
        Ok((!matches!(go, Go::Lost)).then_some(target))
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.deps.clock.now()
    }

    /// A step that an earlier worker left in flight: a commit is doubt, anything else is simply done again.
    fn recover(&self, target: &mut Target, adapter: &dyn Adapter) {
        match target.in_flight {
            Some(Effect::Commit) => {
                outcome::doubt(target, "the worker stopped before the answer", adapter.spec(), self.now());
                // It left a lease ago: no need to let it settle.
                target.next_at = Some(self.now());
            }
            Some(Effect::Prepare | Effect::Confirm) => target.end("interrupted"),
            None => {}
        }
    }

    /// What sending needs: an account, a site, a grant that has not ended. Without one, the target's outcome is set.
    async fn prepare<'a>(&'a self, target: &mut Target) -> Result<Option<(&'a Account, Site, Grant)>, store::Error> {
        let now = self.now();
        let open = target.state != State::Unconfirmed && !outcome::taken(target);
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
                // A connection that nobody can use any more: its secret has been removed.
                if connected {
                    let (client, id) = (self.post.client, account.id);
                    self.deps.store.mark_reconnect_required(self.claim.tenant, client, id, account.grant).await?;
                }
                outcome::held(target, reconnect(), now);
                Ok(None)
            }
            Some(grant) => {
                self.note_end(account, &grant).await;
                Ok(Some((account, site, grant)))
            }
        }
    }

    /// Has the account say when its grant ends: after a renewal, and for a worker that stopped right after one. Nothing is
    /// decided by it, so publishing goes on without.
    pub(super) async fn note_end(&self, account: &Account, grant: &Grant) {
        let end = grant.tokens.grant_ends;
        if account.expires_at != end
            && let Err(error) = self.deps.store.mark_expiry(self.claim.tenant, account, end).await
        {
            tracing::warn!(account = %account.id, %error, "the account does not say yet when its grant ends");
        }
    }

    pub(super) async fn save(&self, target: &Target) -> Result<Go, store::Error> {
        Ok(if self.deps.store.save_target(self.claim, target).await? { Go::Stop } else { Go::Lost })
    }
}
