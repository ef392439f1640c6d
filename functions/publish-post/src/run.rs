//! A target that can be sent, step by step: the request that its adapter gives, on record before it leaves, and what
//! follows its answer.

use platforms::{Adapter, Call, Draft, Effect, Error as PlatformError, FaultCode, Options, Progress, Task};
use publishing::{
    Fault, State, Target,
    outcome::{self, chrono, fault, words},
};
use shared::{
    account::Account,
    net::{Response, SendError},
    oauth::Session,
    site::Site,
    store::{self, Grant},
};

use super::{
    media::{self, Looked},
    target::{Go, Work},
};

static NO_OPTIONS: Options = Options::new();

/// A target that can be sent.
pub(super) struct Run<'a> {
    pub(super) work: &'a Work<'a>,
    pub(super) adapter: &'static dyn Adapter,
    pub(super) account: &'a Account,
    pub(super) site: Site,
    pub(super) grant: Grant,
    /// A token is refreshed once a run: a platform that refuses a fresh one means it.
    pub(super) refreshed: bool,
    /// What the platform said when it refused the token.
    pub(super) refused: Option<String>,
}

impl<'a> Run<'a> {
    pub(super) const fn new(
        work: &'a Work<'a>,
        adapter: &'static dyn Adapter,
        account: &'a Account,
        site: Site,
        grant: Grant,
    ) -> Self {
        Self { work, adapter, account, site, grant, refreshed: false, refused: None }
    }

    pub(super) async fn step(&mut self, target: &mut Target) -> Result<Go, store::Error> {
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
            self.adapter.read_back(&self.task(target)).map(|request| Call::new(request, Effect::Confirm))
        } else {
            Some(self.adapter.step(&self.task(target)))
        };
        let Some(send) = send else {
            outcome::not_to_be_found(target);
            return self.work.save(target).await;
        };
        // Canceled meanwhile, and surely not there.
        if target.unwanted && send.effect == Effect::Commit {
            target.cancel();
            return self.work.save(target).await;
        }
        target.start(send.effect, now);
        // On record before the first byte leaves.
        if matches!(self.work.save(target).await?, Go::Lost) {
            return Ok(Go::Lost);
        }
        let http = &self.work.http;
        let answer = match &send.upload {
            Some(upload) => media::relay(http, self.work.post.media_for(target.account), send.request, upload).await,
            None => Session { http, tokens: &self.grant.tokens, now }.send(&send.request).await,
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
        let facts = match looked.facts(&self.work.http, media).await {
            Ok(facts) => facts,
            Err(unusable) => {
                unusable.tell(target, self.spread(target), now);
                return false;
            }
        };
        let content = post.content_for(target.account);
        if let Err(broken) = self.adapter.check(content, facts) {
            outcome::failed(target, fault(broken.rule, format!("Nothing was sent: {broken}.")));
            return false;
        }
        let identity = shared::id::digest(&[post.id.as_bytes(), target.account.as_bytes()]);
        target.plan = Some(self.adapter.plan(&Draft { content, media: facts, identity, now }));
        true
    }

    fn task<'t>(&'t self, target: &'t Target) -> Task<'t> {
        let post = self.work.post;
        Task {
            endpoints: &self.site.endpoints,
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
        answer: Result<Response, SendError>,
    ) -> Result<Go, store::Error> {
        let read = match answer {
            Ok(answer) => self.adapter.read(&self.task(target), &answer),
            Err(SendError::OutcomeUnknown(reason)) => Err(PlatformError::OutcomeUnknown(reason)),
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
            Err(PlatformError::Rejected { code, message }) => {
                outcome::failed(target, self.refusal(code, &message));
            }
            Err(PlatformError::RateLimited { retry_after, message }) => {
                let refusal = self.refusal(FaultCode::RateLimited, &message);
                outcome::told_to_wait(target, chrono(retry_after), refusal, now);
            }
            Err(PlatformError::Later { code, retry_after, message }) => {
                let refusal = self.refusal(code, &message);
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
    async fn follow(&self, target: &mut Target, next: Progress) -> Result<Go, store::Error> {
        let now = self.work.now();
        if target.state == State::Unconfirmed {
            target.state = State::Sending;
            target.fault = None;
        }
        match next {
            Progress::Proceed(state) => {
                target.end("done");
                target.plan = Some(state);
                return Ok(Go::On);
            }
            Progress::Wait { after, state } => {
                target.end("waiting");
                target.plan = Some(state);
                target.next_at = Some(now + chrono(after));
            }
            Progress::Visible { published, after, state } => {
                outcome::visible(target, published);
                target.plan = Some(state);
                target.next_at = Some(now + chrono(after));
                if after.is_zero() {
                    return Ok(Go::On);
                }
            }
            Progress::Done(published) => outcome::published(target, published),
            Progress::Failed { code, message } => {
                outcome::failed(target, self.refusal(code, &message));
            }
        }
        self.work.save(target).await
    }

    /// What follows a look for a commit.
    async fn looked(&mut self, target: &mut Target, answer: Result<Response, SendError>) -> Result<Go, store::Error> {
        let found = match answer {
            Ok(answer) => self.adapter.find(&self.task(target), &answer),
            Err(SendError::OutcomeUnknown(reason)) => Err(PlatformError::OutcomeUnknown(reason)),
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

    /// A platform's no, with what to do and its own words.
    pub(super) fn refusal(&self, code: FaultCode, message: &str) -> Fault {
        let advice = code.advice(self.adapter.spec().display_name);
        Fault { platform_response: words(&self.mask(message)), ..fault(code, advice) }
    }

    fn mask(&self, text: &str) -> String {
        self.grant.tokens.mask(text)
    }

    /// 0–99, the same for a target in every run.
    pub(super) fn spread(&self, target: &Target) -> i32 {
        i32::from(target.account.as_bytes()[0] ^ self.work.post.id.as_bytes()[0]) % 100
    }
}

/// Why nothing left.
fn reason(failure: &SendError) -> String {
    match failure {
        SendError::NotSent(reason) | SendError::OutcomeUnknown(reason) => reason.clone(),
        SendError::Forbidden(refused) => refused.to_string(),
    }
}
