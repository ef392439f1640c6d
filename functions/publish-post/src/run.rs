//! The steps of a target: record the adapter's next request, send it, and apply its response.

use platforms::{Adapter, Call, Draft, Effect, Error as PlatformError, FaultCode, Options, Progress, Task};
use publishing::{
    Fault, State, Target,
    outcome::{self, excerpt, to_chrono},
};
use shared::{
    account::Account,
    net::{Response, SendError},
    oauth::Session,
    site::Site,
    store::{self, Grant},
};

use super::{
    media::{self, MediaFacts},
    work::{Flow, Work},
};

static NO_OPTIONS: Options = Options::new();

/// A target with everything that sending needs.
pub(super) struct Run<'a> {
    pub(super) work: &'a Work<'a>,
    pub(super) adapter: &'static dyn Adapter,
    pub(super) account: &'a Account,
    pub(super) site: Site,
    pub(super) grant: Grant,
    /// A token is refreshed at most once per run: if the platform refuses a new token, the grant is invalid.
    pub(super) refreshed: bool,
    /// The platform's message when it refused the token.
    pub(super) token_refusal: Option<String>,
}

impl<'a> Run<'a> {
    pub(super) const fn new(
        work: &'a Work<'a>,
        adapter: &'static dyn Adapter,
        account: &'a Account,
        site: Site,
        grant: Grant,
    ) -> Self {
        Self { work, adapter, account, site, grant, refreshed: false, token_refusal: None }
    }

    pub(super) async fn step(&mut self, target: &mut Target) -> Result<Flow, store::Error> {
        if target.plan.is_none() && !self.plan(target).await {
            return self.work.save(target).await;
        }
        let now = self.work.now();
        // No request may outlive the lease, because its response could not be saved. With a DPoP nonce, a request is sent
        // twice.
        if now + to_chrono(self.work.deps.lease) * 2 / 3 > self.work.claim.until {
            outcome::postpone(target, now);
            return self.work.save(target).await;
        }
        if !self.refreshed && self.grant.tokens.ends_by(now, to_chrono(self.adapter.spec().renew_before)) {
            return self.renew(target).await;
        }
        let reads_back = target.state == State::Unconfirmed;
        let send = if reads_back {
            self.adapter.read_back(&self.task(target)).map(|request| Call::new(request, Effect::Confirm))
        } else {
            Some(self.adapter.step(&self.task(target)))
        };
        let Some(send) = send else {
            outcome::no_read_back(target);
            return self.work.save(target).await;
        };
        // Canceled after an earlier commit, which a read-back has proved absent.
        if target.cancel_requested && send.effect == Effect::Commit {
            target.cancel();
            return self.work.save(target).await;
        }
        target.start(send.effect, now);
        // Recorded before the request is sent.
        if matches!(self.work.save(target).await?, Flow::LeaseLost) {
            return Ok(Flow::LeaseLost);
        }
        let http = &self.work.http;
        let answer = match &send.upload {
            Some(upload) => media::relay(http, self.work.post.media_for(target.account), send.request, upload).await,
            None => Session { http, tokens: &self.grant.tokens, now }.send(&send.request).await,
        };
        if reads_back {
            self.apply_read_back(target, answer).await
        } else {
            self.apply_step(target, send.effect, answer).await
        }
    }

    /// Fixes what must be equal in every attempt. Returns false if the post cannot be sent, with the outcome set.
    async fn plan(&self, target: &mut Target) -> bool {
        let (post, now) = (self.work.post, self.work.now());
        let media = post.media_for(target.account);
        let own = MediaFacts::default();
        // The post's media are read once for all targets, a target's own media only for it.
        let media_facts = if std::ptr::eq(media, &*post.media) { &self.work.media_facts } else { &own };
        let facts = match media_facts.get(&self.work.http, media).await {
            Ok(facts) => facts,
            Err(unusable) => {
                unusable.set_outcome(target, self.jitter(target), now);
                return false;
            }
        };
        let content = post.content_for(target.account);
        if let Err(broken) = self.adapter.check(content, facts) {
            outcome::failed(target, Fault::new(broken.rule, format!("Nothing was sent: {broken}.")));
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

    /// Applies the response to a step.
    async fn apply_step(
        &mut self,
        target: &mut Target,
        effect: Effect,
        answer: Result<Response, SendError>,
    ) -> Result<Flow, store::Error> {
        let read = match answer {
            Ok(answer) => self.adapter.read(&self.task(target), &answer),
            Err(SendError::OutcomeUnknown(reason)) => Err(PlatformError::OutcomeUnknown(reason)),
            Err(not_sent) => {
                outcome::not_sent(target, &reason(&not_sent), self.jitter(target), self.work.now());
                return self.work.save(target).await;
            }
        };
        let (now, spec) = (self.work.now(), self.adapter.spec());
        match read {
            Ok(next) => return self.apply(target, next).await,
            Err(PlatformError::Reconnect(message)) if !self.refreshed => {
                self.token_refusal = Some(message);
                target.end("token refused");
                return self.refresh(target).await;
            }
            Err(PlatformError::Reconnect(message)) => self.reconnect(target, &message).await?,
            // The status request was refused, not the post.
            Err(PlatformError::Rejected { message, .. }) if effect == Effect::Confirm => {
                outcome::unknown(target, &self.mask(&message), spec, now);
            }
            Err(PlatformError::Rejected { code, message }) => {
                outcome::failed(target, self.refusal(code, &message));
            }
            Err(PlatformError::RateLimited { retry_after, message }) => {
                let refusal = self.refusal(FaultCode::RateLimited, &message);
                outcome::wait_requested(target, to_chrono(retry_after), refusal, now);
            }
            Err(PlatformError::Later { code, retry_after, message }) => {
                let refusal = self.refusal(code, &message);
                outcome::wait_requested(target, to_chrono(retry_after), refusal, now);
            }
            Err(PlatformError::OutcomeUnknown(reason)) if effect == Effect::Commit => {
                outcome::unknown(target, &self.mask(&reason), spec, now);
            }
            // Without a commit, nothing became visible.
            Err(PlatformError::OutcomeUnknown(reason)) => {
                outcome::not_sent(target, &self.mask(&reason), self.jitter(target), now);
            }
        }
        self.work.save(target).await
    }

    /// Applies the progress after a successful response.
    async fn apply(&self, target: &mut Target, next: Progress) -> Result<Flow, store::Error> {
        let now = self.work.now();
        if target.state == State::Unconfirmed {
            target.state = State::Sending;
            target.fault = None;
        }
        match next {
            Progress::Proceed(state) => {
                target.end("done");
                target.plan = Some(state);
                return Ok(Flow::Continue);
            }
            Progress::Wait { after, state } => {
                target.end("waiting");
                target.plan = Some(state);
                target.next_at = Some(now + to_chrono(after));
            }
            Progress::Visible { published, after, state } => {
                outcome::visible(target, published);
                target.plan = Some(state);
                target.next_at = Some(now + to_chrono(after));
                if after.is_zero() {
                    return Ok(Flow::Continue);
                }
            }
            Progress::Done(published) => outcome::published(target, published),
            Progress::Failed { code, message } => {
                outcome::failed(target, self.refusal(code, &message));
            }
        }
        self.work.save(target).await
    }

    /// Applies the response to a read-back.
    async fn apply_read_back(
        &mut self,
        target: &mut Target,
        answer: Result<Response, SendError>,
    ) -> Result<Flow, store::Error> {
        let found = match answer {
            Ok(answer) => self.adapter.find(&self.task(target), &answer),
            Err(SendError::OutcomeUnknown(reason)) => Err(PlatformError::OutcomeUnknown(reason)),
            Err(not_sent) => {
                let reason = reason(&not_sent);
                let (jitter, spec) = (self.jitter(target), self.adapter.spec());
                outcome::read_back_not_sent(target, &reason, jitter, spec, self.work.now());
                return self.work.save(target).await;
            }
        };
        let (now, spec) = (self.work.now(), self.adapter.spec());
        match found {
            Ok(Some(next)) => return self.apply(target, next).await,
            Ok(None) => {
                outcome::not_found(target, spec, now);
                if target.state == State::Scheduled {
                    return Ok(Flow::Continue);
                }
            }
            Err(PlatformError::Reconnect(message)) if !self.refreshed => {
                self.token_refusal = Some(message);
                target.end("token refused");
                return self.refresh(target).await;
            }
            Err(PlatformError::Reconnect(message)) => self.reconnect(target, &message).await?,
            Err(PlatformError::RateLimited { retry_after, .. } | PlatformError::Later { retry_after, .. }) => {
                // A rate limit does not count as a read-back.
                target.end("told to wait");
                target.next_at = Some(now + to_chrono(retry_after));
            }
            Err(error) => outcome::read_back_failed(target, &self.mask(&error.to_string()), spec, now),
        }
        self.work.save(target).await
    }

    /// A refusal by the platform, with advice and the platform's message.
    pub(super) fn refusal(&self, code: FaultCode, message: &str) -> Fault {
        let advice = code.advice(self.adapter.spec().display_name);
        Fault { platform_response: excerpt(&self.mask(message)), ..Fault::new(code, advice) }
    }

    fn mask(&self, text: &str) -> String {
        self.grant.tokens.mask(text)
    }

    /// The backoff's jitter: 0–99, stable for a target.
    pub(super) fn jitter(&self, target: &Target) -> i32 {
        i32::from(target.account.as_bytes()[0] ^ self.work.post.id.as_bytes()[0]) % 100
    }
}

/// Why the request was not sent.
fn reason(failure: &SendError) -> String {
    match failure {
        SendError::NotSent(reason) | SendError::OutcomeUnknown(reason) => reason.clone(),
        SendError::Forbidden(refused) => refused.to_string(),
    }
}
