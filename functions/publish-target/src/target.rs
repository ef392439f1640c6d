//! A target before sending: recovery after a crashed worker, and the account, site and grant that sending needs.

use platforms::FaultCode;
use publishing::{Event, Fault, Target, Todo};
use shared::{
    account::{Account, AccountStatus},
    site::Site,
    store::{self, Claim, Grant},
};

use super::{
    run::Run,
    work::{Flow, Work},
};

impl Work<'_> {
    /// Takes all due steps of the target, saves it and gives it back. Returns `false` if the claim was lost.
    pub(super) async fn run(&self, claim: &mut Claim, target: &mut Target) -> Result<bool, store::Error> {
        if target.ready(self.now()) {
            self.recover(target);
            if let Some((account, site, grant)) = self.prepare(target).await? {
                let mut run = Run::new(self, platforms::adapter(target.platform), account, site, grant);
                loop {
                    match run.step(claim, target).await? {
                        Flow::Continue => {}
                        Flow::Stop => break,
                        Flow::ClaimLost => return Ok(false),
                    }
                }
            }
        }
        self.finish(claim, target).await
    }

    /// Handles a step that a crashed worker left in flight.
    fn recover(&self, target: &mut Target) {
        if target.todo() == Todo::Recover || target.in_flight.is_some() {
            self.apply(target, Event::WorkerGone);
        }
    }

    /// The account, site and grant that sending needs. If one is missing, sets the target's outcome.
    async fn prepare<'a>(&'a self, target: &mut Target) -> Result<Option<(&'a Account, Site, Grant)>, store::Error> {
        if target.is_unsent()
            && let Some(obstacle) = target.obstacle(&self.at(target))
        {
            self.apply(target, obstacle);
            return Ok(None);
        }
        let reconnect = || {
            let message = "The customer has to connect the account again: mint a new connect link.";
            Event::Held(Fault::new(FaultCode::ReconnectRequired, message))
        };
        let Some(account) = self.account.filter(|account| account.status != AccountStatus::Disconnected) else {
            if target.is_unsent() {
                let message = "The account is not connected any more; nothing was sent.";
                self.apply(target, Event::Refused(Fault::new(FaultCode::AccountDisconnected, message)));
            } else {
                self.apply(target, reconnect());
            }
            return Ok(None);
        };
        let Some(site) = self.deps.sites.site(self.tenant.mode, target.platform) else {
            let message = "This deployment has no credentials for the platform any more: set them again.";
            self.apply(target, Event::Held(Fault::new(FaultCode::PlatformNotOffered, message)));
            return Ok(None);
        };
        let connected = account.status == AccountStatus::Connected;
        let grant = if connected { self.deps.vault.find(self.tenant, account).await? } else { None };
        match grant {
            None => {
                // The grant can no longer be opened, because its secret was removed.
                if connected {
                    let (client, id) = (self.post.client, account.id);
                    self.deps.store.mark_reconnect_required(self.tenant, client, id, account.grant).await?;
                }
                self.apply(target, reconnect());
                Ok(None)
            }
            Some(grant) => {
                self.record_expiry(account, &grant).await;
                self.apply(target, Event::Resumed);
                Ok(Some((account, site, grant)))
            }
        }
    }
}
