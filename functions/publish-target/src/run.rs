//! The steps of a target: record the adapter's next request, send it, and apply its response.

use platforms::{
    Adapter, Call, Content, Draft, Effect, Error as PlatformError, FaultCode, Found, Progress, Task, UnreadableState,
};
use publishing::{Event, Fault, Target, Todo, to_chrono};
use shared::{
    account::Account,
    net::{Response, SendError},
    oauth::Session,
    site::Site,
    store::{self, Claim, Grant, Saved},
};

use super::{
    exchange, media,
    work::{Flow, Work},
};

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

    pub(super) async fn step(&mut self, claim: &mut Claim, target: &mut Target) -> Result<Flow, store::Error> {
        let now = self.work.now();
        // No request may outlive the lease, because its response could not be saved. With a DPoP nonce, a request is sent
        // twice.
        if now + to_chrono(self.work.deps.lease) * 2 / 3 > self.work.lease_until {
            self.work.apply(target, Event::PutOff(now));
            return Ok(Flow::Stop);
        }
        if !self.refreshed && self.grant.tokens.ends_by(now, to_chrono(self.adapter.spec().renew_before)) {
            return self.renew(target).await;
        }
        if target.todo() == Todo::Plan {
            // Reading the media may have taken long: the time is looked at again.
            return Ok(if self.plan(target).await { Flow::Continue } else { Flow::Stop });
        }
        let reads_back = target.todo() == Todo::Look;
        let call = match self.next_call(target, reads_back) {
            Ok(Some(call)) => call,
            Ok(None) => {
                self.work.apply(target, Event::NoLook);
                return Ok(Flow::Stop);
            }
            Err(unreadable) => {
                tracing::error!(alarm = "state_unreadable", post = %self.work.post.id, account = %target.account, %unreadable, "the plan of a target cannot be read");
                let message = "What was stored about this target cannot be read. Look at the account.";
                self.work.apply(target, Event::Unreadable(Fault::new(FaultCode::StateUnreadable, message)));
                return Ok(Flow::Stop);
            }
        };
        if call.effect == Effect::Commit
            && let Some(obstacle) = target.obstacle(&self.work.at(target))
        {
            self.work.apply(target, obstacle);
            return Ok(Flow::Stop);
        }
        // A commit has its own connection, made before the commit is on record. One that the server closed while this process
        // was frozen would leave it in doubt.
        let line = match exchange::connect(&self.session(), &call).await {
            Ok(line) => line,
            Err(not_connected) => {
                self.work.apply(target, Event::NotSent { reason: reason(&not_connected) });
                return Ok(Flow::Stop);
            }
        };
        if call.effect == Effect::Commit && !self.work.is_current().await? {
            self.work.apply(target, Event::PutOff(self.work.now()));
            return Ok(Flow::Stop);
        }
        let before = target.clone();
        self.work.apply(target, Event::Started { step: call.effect, listening_until: self.work.lease_until });
        if !reads_back && let Some(plan) = self.adapter.without_answer(&self.task(&before)) {
            target.plan = Some(plan);
        }
        // Recorded before the request is sent.
        match self.work.deps.store.save_target(claim, target).await? {
            Saved::Yes => {}
            Saved::Canceled(at) => {
                *target = before;
                self.work.cancel(target, at);
                return Ok(Flow::Stop);
            }
            Saved::ClaimLost => return Ok(Flow::ClaimLost),
        }
        let media = self.work.post.media_for(target.account);
        let answer = exchange::send(&self.session(), line, media, call).await;
        let lost = std::mem::replace(&mut target.plan, before.plan);
        let read = if reads_back { self.read_back(target, answer) } else { self.read(target, answer) };
        if matches!(read, Read::Event(Event::Lost { .. })) {
            target.plan = lost;
        }
        match read {
            Read::Event(event) => {
                self.work.apply(target, event);
                if target.todo() == Todo::Step && target.fault.is_none() && target.ready(self.work.now()) {
                    // The next step follows at once, and saves the target.
                    return Ok(Flow::Continue);
                }
                Ok(Flow::Stop)
            }
            Read::TokenRefused(message) => {
                self.work.apply(target, Event::TokenRefused);
                if self.refreshed {
                    self.reconnect(target, &message).await?;
                    return Ok(Flow::Stop);
                }
                self.token_refusal = Some(message);
                self.refresh(target).await
            }
        }
    }

    fn session(&self) -> Session<'_> {
        Session { http: &self.work.http, tokens: &self.grant.tokens, clock: &self.work.deps.clock }
    }

    /// The next request; `None` if the platform has no read-back for the target.
    fn next_call(&self, target: &Target, reads_back: bool) -> Result<Option<Call>, UnreadableState> {
        let task = self.task(target);
        if reads_back {
            let request = self.adapter.read_back(&task)?;
            return Ok(request.map(|request| Call::new(request, Effect::Confirm)));
        }
        self.adapter.step(&task).map(Some)
    }

    /// Fixes what must be equal in every attempt. Returns false if the post cannot be sent, with the outcome set.
    async fn plan(&self, target: &mut Target) -> bool {
        let (post, now) = (self.work.post, self.work.now());
        let files = post.media_for(target.account);
        let facts = match media::facts(&self.work.http, files, self.adapter.spec().uploads_media).await {
            Ok(facts) => facts,
            Err(unusable) => {
                self.work.apply(target, unusable.event());
                return false;
            }
        };
        let content = Content {
            text: post.content_for(target.account),
            media: &facts,
            options: post.options_for(target.platform),
            abilities: &self.account.abilities,
        };
        if let Err(broken) = self.adapter.check(&content) {
            let fault = Fault::new(broken.rule, format!("Nothing was sent: {broken}."));
            self.work.apply(target, Event::Refused(fault));
            return false;
        }
        let identity = shared::id::digest(&[post.id.as_bytes(), target.account.as_bytes()]);
        let plan = self.adapter.plan(&Draft { content, identity, now });
        self.work.apply(target, Event::Planned(plan));
        true
    }

    fn task<'t>(&'t self, target: &'t Target) -> Task<'t> {
        let post = self.work.post;
        Task {
            endpoints: &self.site.endpoints,
            host: self.grant.tokens.bound.as_ref().map(|bound| &bound.host),
            content: post.content_for(target.account),
            media: post.media_for(target.account),
            options: post.options_for(target.platform),
            user_id: &self.account.user_id,
            handle: &self.account.handle,
            state: target.plan.as_ref().unwrap_or(&serde_json::Value::Null),
            sent_at: target.sent_at(),
        }
    }

    /// What the answer to a step says.
    fn read(&self, target: &Target, answer: Result<Response, SendError>) -> Read {
        let read = match answer {
            Ok(answer) => self.adapter.read(&self.task(target), &answer),
            Err(SendError::OutcomeUnknown(reason)) => Err(PlatformError::OutcomeUnknown(reason)),
            Err(SendError::Media(message)) => return Read::Event(Event::MediaUnreachable { message }),
            Err(not_sent) => return Read::Event(Event::NotSent { reason: reason(&not_sent) }),
        };
        Read::Event(match read {
            Ok(progress) => Event::Answered(self.masked(progress)),
            Err(PlatformError::Reconnect(message)) => return Read::TokenRefused(message),
            Err(PlatformError::Rejected { code, message }) => Event::Refused(self.refusal(code, &message)),
            Err(PlatformError::RateLimited { retry_after, message }) => Event::AskedToWait {
                wait: to_chrono(retry_after),
                fault: self.refusal(FaultCode::RateLimited, &message),
            },
            Err(PlatformError::Later { code, retry_after, message }) => {
                Event::AskedToWait { wait: to_chrono(retry_after), fault: self.refusal(code, &message) }
            }
            Err(PlatformError::OutcomeUnknown(reason)) => Event::Lost { reason: self.mask(&reason) },
        })
    }

    /// What the answer to a read-back says.
    fn read_back(&self, target: &Target, answer: Result<Response, SendError>) -> Read {
        let found = match answer {
            Ok(answer) => self.adapter.find(&self.task(target), &answer),
            Err(SendError::OutcomeUnknown(reason)) => Err(PlatformError::OutcomeUnknown(reason)),
            Err(not_sent) => return Read::Event(Event::LookNotSent { reason: reason(&not_sent) }),
        };
        Read::Event(match found {
            Ok(Found::Known(progress)) => Event::Looked(Found::Known(self.masked(progress))),
            Ok(found) => Event::Looked(found),
            Err(PlatformError::Reconnect(message)) => return Read::TokenRefused(message),
            // A rate limit does not count as a read-back.
            Err(PlatformError::RateLimited { retry_after, .. } | PlatformError::Later { retry_after, .. }) => {
                Event::LookAskedToWait { wait: to_chrono(retry_after) }
            }
            Err(error) => Event::LookFailed { reason: self.mask(&error.to_string()) },
        })
    }

    /// A refusal by the platform, with advice and the platform's message.
    pub(super) fn refusal(&self, code: FaultCode, message: &str) -> Fault {
        Fault::by_platform(code, self.adapter.spec(), &self.mask(message))
    }

    /// Without tokens in the platform's messages.
    fn masked(&self, progress: Progress) -> Progress {
        match progress {
            Progress::Failed { code, message } => Progress::Failed { code, message: self.mask(&message) },
            Progress::StartOver { after, state, code, message } => {
                Progress::StartOver { after, state, code, message: self.mask(&message) }
            }
            progress => progress,
        }
    }

    fn mask(&self, text: &str) -> String {
        self.grant.tokens.mask(text)
    }
}

/// What an answer says.
enum Read {
    Event(Event),
    /// The platform refused the token, with this message.
    TokenRefused(String),
}

/// Why the request was not sent.
fn reason(failure: &SendError) -> String {
    match failure {
        SendError::NotSent(reason) | SendError::Media(reason) | SendError::OutcomeUnknown(reason) => reason.clone(),
        SendError::Forbidden(refused) => refused.to_string(),
    }
}
