//! One target, step by step.

use chrono::{DateTime, Utc};
use shared::{
    account::{Account, AccountStatus},
    net::{Answer, Failure},
    oauth::Session,
    platform::{self, Adapter, Draft, Error as PlatformError, Next, Send, Site, Task, spec::ABOUT_TO_END},
    post::{Options, Post},
    store::{self, Claim, Grant},
    target::{Category, Effect, State, Target},
};

use super::{
    Deps,
    media::{self, Looked},
    outcome::{self, chrono, fault, words},
    refresh::{Refreshed, refresh},
};

/// A claimed post and what was read for it.
pub(super) struct Work<'a> {
    pub(super) deps: &'a Deps,
    pub(super) claim: &'a Claim,
    pub(super) post: &'a Post,
    pub(super) accounts: &'a [Account],
    /// What its media are, once one of its targets needs to know.
    pub(super) looked: Looked,
}

static NO_OPTIONS: Options = Options::new();

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
            let mut run = Run { work: self, adapter, account, site, grant, refreshed: false, refused: None };
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
        let open = target.state != State::Unconfirmed && !outcome::taken(target);
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
    /// What the platform said when it refused the token.
    refused: Option<String>,
}

impl Run<'_> {
    async fn step(&mut self, target: &mut Target) -> Result<Go, store::Error> {
        if target.plan.is_none() && !self.plan(target).await {
            return self.work.save(target).await;
        }
        let now = self.work.now();
        // No request may outlive the lease: its answer could not be saved. A server that wants its nonce is asked twice.
        if now + chrono(self.work.deps.lease) * 2 / 3 > self.work.claim.until {
            outcome::later(target, now);
            return self.work.save(target).await;
        }
        if !self.refreshed && self.grant.tokens.ends_by(now, chrono(self.adapter.spec().renew_before)) {
            return self.renew(target).await;
        }
        let looking = target.state == State::Unconfirmed;
        let send = if looking {
            self.adapter.read_back(&self.task(target)).map(|request| Send::new(request, Effect::Confirm))
        } else {
            Some(self.adapter.step(&self.task(target)))
        };
        let Some(send) = send else {
            outcome::not_to_be_found(target);
            return self.work.save(target).await;
        };
        target.start(send.effect, now);
        // On record before the first byte leaves.
        if matches!(self.work.save(target).await?, Go::Lost) {
            return Ok(Go::Lost);
        }
        let engine = &self.work.deps.engine;
        let answer = match &send.upload {
            Some(upload) => media::relay(engine, self.work.post.media_for(target.account), send.request, upload).await,
            None => Session { engine, tokens: &self.grant.tokens, now }.send(&send.request).await,
        };
        if looking { self.looked(target, answer).await } else { self.sent(target, send.effect, answer).await }
    }

    /// Fixes what must be equal in every try. Whether it could: the media may not be what the platform takes.
    async fn plan(&self, target: &mut Target) -> bool {
        let (post, now) = (self.work.post, self.work.now());
        let media = post.media_for(target.account);
        let own = Looked::default();
        // What all others get is looked at once; what this one gets instead, for it alone.
        let looked = if std::ptr::eq(media, &*post.media) { &self.work.looked } else { &own };
        let facts = match looked.facts(&self.work.deps.engine, media).await {
            Ok(facts) => facts,
            Err(unusable) => {
                unusable.tell(target, self.spread(target), now);
                return false;
            }
        };
        let content = post.content_for(target.account);
        if let Err(broken) = self.adapter.check(content, facts) {
            outcome::failed(target, fault(broken.rule, Category::Media, format!("Nothing was sent: {broken}.")));
            return false;
        }
        let identity = shared::id::digest(&[post.id.as_bytes(), target.account.as_bytes()]);
        target.plan = Some(self.adapter.plan(&Draft { content, media: facts, identity, now }));
        true
    }

    fn task<'t>(&'t self, target: &'t Target) -> Task<'t> {
        let post = self.work.post;
        Task {
            site: &self.site,
            host: self.grant.tokens.bound.as_ref().map(|bound| &bound.host),
            content: post.content_for(target.account),
            media: post.media_for(target.account),
            options: post.options.get(&target.platform).unwrap_or(&NO_OPTIONS),
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
            Err(not_sent) => {
                outcome::not_sent(target, &reason(&not_sent), self.spread(target), self.work.now());
                return self.work.save(target).await;
            }
        };
        let (now, spec) = (self.work.now(), self.adapter.spec());
        match read {
            Ok(next) => return self.follow(target, next).await,
            Err(PlatformError::Reconnect(message)) if !self.refreshed => {
                self.refused = Some(message);
                target.end("token refused");
                return self.refresh(target).await;
            }
            Err(PlatformError::Reconnect(message)) => self.reconnect(target, &message).await?,
            // The question was refused, not the post.
            Err(PlatformError::Rejected { message, .. }) if effect == Effect::Confirm => {
                outcome::doubt(target, &self.mask(&message), spec, now);
            }
            Err(PlatformError::Rejected { code, category, message }) => {
                outcome::failed(target, self.refusal(code, category, &message));
            }
            Err(PlatformError::RateLimited { retry_after, message }) => {
                let refusal = self.refusal("rate_limited", Category::Quota, &message);
                outcome::told_to_wait(target, chrono(retry_after), refusal, now);
            }
            Err(PlatformError::Later { code, category, retry_after, message }) => {
                let refusal = self.refusal(code, category, &message);
                outcome::told_to_wait(target, chrono(retry_after), refusal, now);
            }
            Err(PlatformError::OutcomeUnknown(reason)) if effect == Effect::Commit => {
                outcome::doubt(target, &self.mask(&reason), spec, now);
            }
            // Nothing visible can have happened.
            Err(PlatformError::OutcomeUnknown(reason)) => {
                outcome::not_sent(target, &self.mask(&reason), self.spread(target), now);
            }
        }
        self.work.save(target).await
    }

    /// Where a good answer leads.
    async fn follow(&self, target: &mut Target, next: Next) -> Result<Go, store::Error> {
        let now = self.work.now();
        if target.state == State::Unconfirmed {
            target.state = State::Sending;
            target.fault = None;
        }
        match next {
            Next::Proceed(state) => {
                target.end("done");
                target.plan = Some(state);
                return Ok(Go::On);
            }
            Next::Wait { after, state } => {
                target.end("waiting");
                target.plan = Some(state);
                target.next_at = Some(now + chrono(after));
            }
            Next::Stands { published, after, state } => {
                outcome::stands(target, published);
                target.plan = Some(state);
                target.next_at = Some(now + chrono(after));
                if after.is_zero() {
                    return Ok(Go::On);
                }
            }
            Next::Done(published) => outcome::published(target, published),
            Next::Failed { code, category, message } => {
                outcome::failed(target, self.refusal(code, category, &message));
            }
        }
        self.work.save(target).await
    }

    /// What follows a look for a commit.
    async fn looked(&mut self, target: &mut Target, answer: Result<Answer, Failure>) -> Result<Go, store::Error> {
        let found = match answer {
            Ok(answer) => self.adapter.find(&self.task(target), &answer),
            Err(Failure::OutcomeUnknown(reason)) => Err(PlatformError::OutcomeUnknown(reason)),
            Err(not_sent) => {
                let reason = reason(&not_sent);
                let (spread, spec) = (self.spread(target), self.adapter.spec());
                outcome::look_not_sent(target, &reason, spread, spec, self.work.now());
                return self.work.save(target).await;
            }
        };
        let (now, spec) = (self.work.now(), self.adapter.spec());
        match found {
            Ok(Some(next)) => return self.follow(target, next).await,
            Ok(None) => {
                outcome::absent(target, spec, now);
                if target.state == State::Scheduled {
                    return Ok(Go::On);
                }
            }
            Err(PlatformError::Reconnect(message)) if !self.refreshed => {
                self.refused = Some(message);
                target.end("token refused");
                return self.refresh(target).await;
            }
            Err(PlatformError::Reconnect(message)) => self.reconnect(target, &message).await?,
            Err(PlatformError::RateLimited { retry_after, .. } | PlatformError::Later { retry_after, .. }) => {
                // Being told to wait is no look: it does not bring the end of looking nearer.
                target.end("told to wait");
                target.next_at = Some(now + chrono(retry_after));
            }
            Err(error) => outcome::look_failed(target, &self.mask(&error.to_string()), spec, now),
        }
        self.work.save(target).await
    }

    /// Renews a token that will end. One that has not ended yet serves, whatever becomes of that.
    async fn renew(&mut self, target: &mut Target) -> Result<Go, store::Error> {
        let now = self.work.now();
        if self.grant.tokens.ends_by(now, chrono(ABOUT_TO_END)) {
            return self.refresh(target).await;
        }
        self.refreshed = true;
        let Work { deps, claim, .. } = self.work;
        if let Refreshed::Fresh(grant) =
            refresh(deps, claim.tenant, self.account, &self.site, self.grant.clone()).await?
        {
            self.grant = *grant;
        }
        Ok(Go::On)
    }

    async fn refresh(&mut self, target: &mut Target) -> Result<Go, store::Error> {
        self.refreshed = true;
        let Work { deps, claim, .. } = self.work;
        match refresh(deps, claim.tenant, self.account, &self.site, self.grant.clone()).await? {
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
                let message = self.refused.take().unwrap_or_default();
                self.reconnect(target, &message).await?;
                self.work.save(target).await
            }
        }
    }

    /// The customer has to connect again: the account says so, and the target waits for it.
    async fn reconnect(&self, target: &mut Target, message: &str) -> Result<(), store::Error> {
        let Work { deps, claim, post, .. } = self.work;
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
            _ if code == "app_not_audited" => {
                format!(
                    "{name} has not audited this app: until it has, post with privacyLevel SELF_ONLY, to private accounts."
                )
            }
            _ if code == "privacy_level_not_allowed" => {
                "The account does not offer this privacyLevel: choose one that it does.".to_owned()
            }
            Category::Auth => format!("{name} refuses the connection: mint a new connect link for the customer."),
            Category::Content => format!("{name} refuses the content: change it and post again."),
            Category::Media if code == "media_unreachable" => {
                format!("{name} cannot fetch a file: see that its URL is public.")
            }
            Category::Media => format!("{name} refuses a file: replace it and post again."),
            Category::Quota => format!("{name} allows no more right now; it goes out when it may."),
            Category::Account => {
                format!("{name} does not let this account post: the customer has to look at it there.")
            }
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

/// Why nothing left.
fn reason(failure: &Failure) -> String {
    match failure {
        Failure::NotSent(reason) | Failure::OutcomeUnknown(reason) => reason.clone(),
        Failure::Forbidden(refused) => refused.to_string(),
    }
}
