//! A target's access token: renewed before it expires, and refreshed once after the platform refused it. If that fails, the
//! customer has to connect again.

use platforms::{FaultCode, spec::ABOUT_TO_END};
use publishing::{Event, Target, to_chrono};
use shared::{
    account::Account,
    store::{self, Grant},
};

use super::{
    refresh::{Refresh, refresh},
    run::Run,
    work::{Flow, Work},
};

impl Run<'_> {
    /// Renews a token that will expire. A failure matters only if the token has expired already.
    pub(super) async fn renew(&mut self, target: &mut Target) -> Result<Flow, store::Error> {
        let now = self.work.now();
        if self.grant.tokens.ends_by(now, to_chrono(ABOUT_TO_END)) {
            return self.refresh(target).await;
        }
        self.refreshed = true;
        if let Refresh::Done(grant) = refresh(self.work, self.account, &self.site, self.grant.clone()).await? {
            self.use_grant(*grant).await;
        }
        Ok(Flow::Continue)
    }

    pub(super) async fn refresh(&mut self, target: &mut Target) -> Result<Flow, store::Error> {
        self.refreshed = true;
        match refresh(self.work, self.account, &self.site, self.grant.clone()).await? {
            Refresh::Done(grant) => {
                self.use_grant(*grant).await;
                Ok(Flow::Continue)
            }
            Refresh::Busy(at) => {
                self.work.apply(target, Event::PutOff(at));
                Ok(Flow::Stop)
            }
            Refresh::Failed { reason, not_before } => {
                self.work.apply(target, Event::NotRefreshed { reason, not_before });
                Ok(Flow::Stop)
            }
            Refresh::GrantInvalid => {
                let message = self.token_refusal.take().unwrap_or_default();
                self.reconnect(target, &message).await?;
                Ok(Flow::Stop)
            }
        }
    }

    async fn use_grant(&mut self, grant: Grant) {
        self.work.record_expiry(self.account, &grant).await;
        self.grant = grant;
    }

    /// Marks the account as in need of a reconnect and holds the target until then.
    pub(super) async fn reconnect(&self, target: &mut Target, message: &str) -> Result<(), store::Error> {
        let Work { deps, tenant, post, .. } = self.work;
        let Account { id, grant, .. } = *self.account;
        if deps.store.mark_reconnect_required(*tenant, post.client, id, grant).await? {
            tracing::warn!(account = %id, "the platform refuses the grant; the customer has to connect again");
        }
        self.work.apply(target, Event::Held(self.refusal(FaultCode::ReconnectRequired, message)));
        Ok(())
    }
}
