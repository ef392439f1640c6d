//! A target's token: renewed before it ends, refreshed once when the platform refuses it, and otherwise the customer's turn.

use platforms::{FaultCode, spec::ABOUT_TO_END};
use publishing::{
    Target,
    outcome::{self, chrono},
};
use shared::{
    account::Account,
    store::{self, Grant},
};

use super::{
    refresh::{Refreshed, refresh},
    run::Run,
    target::{Go, Work},
};

impl Run<'_> {
    /// Renews a token that will end. One that has not ended yet serves, whatever becomes of that.
    pub(super) async fn renew(&mut self, target: &mut Target) -> Result<Go, store::Error> {
        let now = self.work.now();
        if self.grant.tokens.ends_by(now, chrono(ABOUT_TO_END)) {
            return self.refresh(target).await;
        }
        self.refreshed = true;
        if let Refreshed::Fresh(grant) = refresh(self.work, self.account, &self.site, self.grant.clone()).await? {
            self.take(*grant).await;
        }
        Ok(Go::On)
    }

    pub(super) async fn refresh(&mut self, target: &mut Target) -> Result<Go, store::Error> {
        self.refreshed = true;
        match refresh(self.work, self.account, &self.site, self.grant.clone()).await? {
            Refreshed::Fresh(grant) => {
                self.take(*grant).await;
                Ok(Go::On)
            }
            Refreshed::Later(at) => {
                outcome::later(target, at);
                self.work.save(target).await
            }
            Refreshed::Unanswered { reason, not_before } => {
                let (spread, spec) = (self.spread(target), self.adapter.spec());
                outcome::not_refreshed(target, &reason, spread, spec, self.work.now());
                target.next_at = target.next_at.map(|at| at.max(not_before));
                self.work.save(target).await
            }
            Refreshed::Dead => {
                let message = self.refused.take().unwrap_or_default();
                self.reconnect(target, &message).await?;
                self.work.save(target).await
            }
        }
    }

    async fn take(&mut self, grant: Grant) {
        self.work.note_end(self.account, &grant).await;
        self.grant = grant;
    }

    /// The customer has to connect again: the account says so, and the target waits for it.
    pub(super) async fn reconnect(&self, target: &mut Target, message: &str) -> Result<(), store::Error> {
        let Work { deps, claim, post, .. } = self.work;
        let Account { id, grant, .. } = *self.account;
        if deps.store.mark_reconnect_required(claim.tenant, post.client, id, grant).await? {
            tracing::warn!(account = %id, "the platform refuses the grant; the customer has to connect again");
        }
        let refusal = self.refusal(FaultCode::ReconnectRequired, message);
        outcome::held(target, refusal, self.work.now());
        Ok(())
    }
}
