//! One target, step by step.

use chrono::{DateTime, Utc};
use shared::{
    account::{Account, AccountStatus},
    net::{Answer, Failure},
    oauth::Session,
    platform::{self, Adapter, Draft, Error as PlatformError, Next, Send, Site, Task},
    post::Post,
    store::{self, Claim, Grant},
    target::{Category, Effect, State, Target},
};

use super::{
    Deps,
    outcome::{self, chrono, fault, words},
    refresh::{Refreshed, refresh},
};

/// An access token that ends this soon is refreshed before it is used.
const MARGIN: chrono::Duration = chrono::Duration::seconds(60);

/// A claimed post and what was read for it.
pub(super) struct Work<'a> {
    pub(super) deps: &'a Deps,
    pub(super) claim: &'a Claim,
    pub(super) post: &'a Post,
    pub(super) accounts: &'a [Account],
}

/// Whether to go on with a target.
enum Go {
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
        let adapter = platform::adapter(target.platform);
        self.recover(&mut target, adapter);
        let ready = self.prepare(&mut target).await?;
        let mut go = match &ready {
            Some(_) => Go::On,
            None => self.save(&target).await?,
        };
        if let Some((account, site, grant)) = ready {
            let mut run = Run { work: self, adapter, account, site, grant, refreshed: false };
            while matches!(go, Go::On) {
                go = run.step(&mut target).await?;
            }
        }
        Ok((!matches!(go, Go::Lost)).then_some(target))
    }

    fn now(&self) -> DateTime<Utc> {
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
        let open = target.state != State::Unconfirmed;
        if open && self.post.publish_before.is_some_and(|before| before <= now) {
            let message = "Its publishBefore has passed; nothing was sent.";
            outcome::failed(target, fault("too_late", Category::Platform, message));
            return Ok(None);
        }
        let reconnect = || {
            let message = "The customer has to connect the account again: mint a new connect link.";
            fault("reconnect_required", Category::Auth, message)
        };
        let account = self.accounts.iter().find(|account| account.id == target.account);
        let Some(account) = account.filter(|account| account.status != AccountStatus::Disconnected) else {
            if open {
                let message = "The account is not connected any more; nothing was sent.";
                outcome::failed(target, fault("account_disconnected", Category::Account, message));
            } else {
                outcome::held(target, reconnect(), now);
            }
            return Ok(None);
        };
        let Some(site) = self.deps.sites.site(self.claim.tenant.mode, target.platform) else {
            let message = "This deployment has no credentials for the platform any more: set them again.";
            outcome::held(target, fault("platform_not_offered", Category::Platform, message), now);
            return Ok(None);
        };
        let connected = account.status == AccountStatus::Connected;
        let grant = if connected { self.deps.vault.find(self.claim.tenant, account.grant).await? } else { None };
        match grant {
            None => {
                outcome::held(target, reconnect(), now);
                Ok(None)
            }
            Some(grant) => Ok(Some((account, site, grant))),
        }
    }

    async fn save(&self, target: &Target) -> Result<Go, store::Error> {
        Ok(if self.deps.store.save_target(self.claim, target).await? { Go::Stop } else { Go::Lost })
    }
}

/// A target that can be sent.
struct Run<'a> {
    work: &'a Work<'a>,
    adapter: &'static dyn Adapter,
    account: &'a Account,
    site: Site,
    grant: Grant,
    /// A token is refreshed once a run: a platform that refuses a fresh one means it.
    refreshed: bool,
}

impl Run<'_> {
    async fn step(&mut self, target: &mut Target) -> Result<Go, store::Error> {
        let now = self.work.now();
        // No request may outlive the lease: its answer could not be saved. A server that wants its nonce is asked twice.
        if now + chrono(self.work.deps.lease) * 2 / 3 > self.work.claim.until {
            outcome::later(target, now);
            return self.work.save(target).await;
        }
        if !self.refreshed && self.grant.tokens.ends_by(now, MARGIN) {
            return self.refresh(target).await;
        }
        let looking = target.state == State::Unconfirmed;
        let send = self.request(target, looking);
        target.start(send.effect, now);
        // On record before the first byte leaves.
        if matches!(self.work.save(target).await?, Go::Lost) {
            return Ok(Go::Lost);
        }
        let session = Session { engine: &self.work.deps.engine, tokens: &self.grant.tokens, now };
        let answer = session.send(&send.request).await;
        if looking { self.looked(target, answer).await } else { self.sent(target, send.effect, answer).await }
    }

    fn request(&self, target: &mut Target, looking: bool) -> Send {
        let identity = shared::id::digest(&[self.work.post.id.as_bytes(), target.account.as_bytes()]);
        let draft = Draft { content: &self.work.post.content, identity, now: self.work.now() };
        if target.plan.is_none() {
            target.plan = Some(self.adapter.plan(&draft));
        }
        let task = self.task(target);
        if looking {
            Send { request: self.adapter.read_back(&task), effect: Effect::Confirm }
        } else {
            self.adapter.step(&task)
        }
    }

    fn task<'t>(&'t self, target: &'t Target) -> Task<'t> {
        Task {
            site: &self.site,
            host: self.grant.tokens.bound.as_ref().map(|bound| &bound.host),
            content: &self.work.post.content,
            user_id: &self.account.user_id,
            handle: &self.account.handle,
            state: target.plan.as_ref().unwrap_or(&serde_json::Value::Null),
            sent_at: target.sent_at,
        }
    }

    /// What follows the answer to a step.
    async fn sent(
        &mut self,
        target: &mut Target,
        effect: Effect,
        answer: Result<Answer, Failure>,
    ) -> Result<Go, store::Error> {
        let read = match answer {
            Ok(answer) => self.adapter.read(&self.task(target), &answer),
            Err(Failure::OutcomeUnknown(reason)) => Err(PlatformError::OutcomeUnknown(reason)),
            Err(Failure::NotSent(reason)) => {
                outcome::not_sent(target, &reason, self.spread(target), self.work.now());
                return self.work.save(target).await;
            }
        };
        let now = self.work.now();
        match read {
            Ok(Next::Proceed(state)) => {
                target.end("done");
                target.plan = Some(state);
                return Ok(Go::On);
            }
            Ok(Next::Wait { after, state }) => {
                target.end("waiting");
                target.plan = Some(state);
                target.next_at = Some(now + chrono(after));
            }
            Ok(Next::Done(published)) => outcome::published(target, published),
            Err(PlatformError::Reconnect(_)) if !self.refreshed => {
                target.end("token refused");
                return self.refresh(target).await;
            }
            Err(PlatformError::Reconnect(message)) => self.reconnect(target, &message).await?,
            Err(PlatformError::Rejected { code, category, message }) => {
                outcome::failed(target, self.refusal(code, category, &message));
            }
            Err(PlatformError::RateLimited { retry_after, message }) => {
                let refusal = self.refusal("rate_limited", Category::Quota, &message);
                outcome::told_to_wait(target, chrono(retry_after), refusal, now);
            }
            Err(PlatformError::OutcomeUnknown(reason)) if effect == Effect::Commit => {
                outcome::doubt(target, &self.mask(&reason), self.adapter.spec(), now);
            }
            // Nothing visible can have happened.
            Err(PlatformError::OutcomeUnknown(reason)) => {
                outcome::not_sent(target, &self.mask(&reason), self.spread(target), now);
            }
        }
        self.work.save(target).await
    }

    /// What follows a look for a commit.
    async fn looked(&mut self, target: &mut Target, answer: Result<Answer, Failure>) -> Result<Go, store::Error> {
        let found = match answer {
            Ok(answer) => self.adapter.find(&self.task(target), &answer),
            Err(Failure::OutcomeUnknown(reason)) => Err(PlatformError::OutcomeUnknown(reason)),
            Err(Failure::NotSent(reason)) => {
                let (spread, spec) = (self.spread(target), self.adapter.spec());
                outcome::look_not_sent(target, &reason, spread, spec, self.work.now());
                return self.work.save(target).await;
            }
        };
        let (now, spec) = (self.work.now(), self.adapter.spec());
        match found {
            Ok(Some(published)) => outcome::published(target, published),
            Ok(None) => {
                outcome::absent(target, spec, now);
                if target.state == State::Scheduled {
                    return Ok(Go::On);
                }
            }
            Err(PlatformError::Reconnect(_)) if !self.refreshed => {
                target.end("token refused");
                return self.refresh(target).await;
            }
            Err(PlatformError::Reconnect(message)) => self.reconnect(target, &message).await?,
            Err(PlatformError::RateLimited { retry_after, .. }) => {
                // Being told to wait is no look: it does not bring the end of looking nearer.
                target.end("told to wait");
                target.next_at = Some(now + chrono(retry_after));
            }
            Err(error) => outcome::look_failed(target, &self.mask(&error.to_string()), spec, now),
        }
        self.work.save(target).await
    }

    async fn refresh(&mut self, target: &mut Target) -> Result<Go, store::Error> {
        self.refreshed = true;
        let Work { deps, claim, .. } = *self.work;
        let grant = Grant { id: self.grant.id, tokens: self.grant.tokens.clone(), version: self.grant.version };
        match refresh(deps, claim.tenant, self.account, &self.site, grant).await? {
            Refreshed::Fresh(grant) => {
                self.grant = *grant;
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
                self.reconnect(target, "the grant is dead").await?;
                self.work.save(target).await
            }
        }
    }

    /// The customer has to connect again: the account says so, and the target waits for it.
    async fn reconnect(&self, target: &mut Target, message: &str) -> Result<(), store::Error> {
        let Work { deps, claim, post, .. } = *self.work;
        let Account { id, grant, .. } = *self.account;
        if deps.store.mark_reconnect_required(claim.tenant, post.client, id, grant).await? {
            tracing::warn!(account = %id, "the platform refuses the grant; the customer has to connect again");
        }
        let refusal = self.refusal("reconnect_required", Category::Auth, message);
        outcome::held(target, refusal, self.work.now());
        Ok(())
    }

    /// A platform's no, with what to do and its own words.
    fn refusal(&self, code: &str, category: Category, message: &str) -> shared::target::Fault {
        let name = self.adapter.spec().display_name;
        let advice = match category {
            Category::Auth => format!("{name} refuses the connection: mint a new connect link for the customer."),
            Category::Content | Category::Media => format!("{name} refuses the content: change it and post again."),
            Category::Quota => format!("{name} allows no more right now."),
            Category::Account => format!("{name} does not let this account post: the customer has to look at it."),
            Category::Platform | Category::Network => format!("{name} refused."),
        };
        shared::target::Fault { platform_response: words(&self.mask(message)), ..fault(code, category, advice) }
    }

    fn mask(&self, text: &str) -> String {
        self.grant.tokens.mask(text)
    }

    /// 0–99, the same for a target in every run.
    fn spread(&self, target: &Target) -> i32 {
        i32::from(target.account.as_bytes()[0] ^ self.work.post.id.as_bytes()[0]) % 100
    }
}
