//! A target before sending: recovery after a crashed worker, and the account, site and grant that sending needs.

use platforms::{Adapter, Effect, FaultCode};
use publishing::{Fault, State, Target, outcome};
use shared::{
    account::{Account, AccountStatus},
    site::Site,
    store::{self, Grant},
};

use super::{
    run::Run,
    work::{Flow, Work},
};

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
            outcome::failed(target, Fault::new(FaultCode::TooLate, message));
            return Ok(None);
        }
        let reconnect = || {
            let message = "The customer has to connect the account again: mint a new connect link.";
            Fault::new(FaultCode::ReconnectRequired, message)
        };
        let account = self.accounts.iter().find(|account| account.id == target.account);
        let Some(account) = account.filter(|account| account.status != AccountStatus::Disconnected) else {
            if open {
                let message = "The account is not connected any more; nothing was sent.";
                outcome::failed(target, Fault::new(FaultCode::AccountDisconnected, message));
            } else {
                outcome::held(target, reconnect(), now);
            }
            return Ok(None);
        };
        let Some(site) = self.deps.sites.site(self.claim.tenant.mode, target.platform) else {
            let message = "This deployment has no credentials for the platform any more: set them again.";
            outcome::held(target, Fault::new(FaultCode::PlatformNotOffered, message), now);
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
}
