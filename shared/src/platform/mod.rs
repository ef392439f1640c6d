//! The social networks: what each one is ([`Spec`]) and what it does ([`Adapter`]).
//!
//! An adapter builds requests and reads answers; it performs no I/O and reads no clock. Publishing is a small state
//! machine: its state is saved between steps, so that it resumes after a crash.

pub mod bluesky;
pub mod instagram;
pub mod media;
pub mod options;
mod request;
pub mod site;
pub mod spec;
pub mod tiktok;
pub mod x;

use std::{ops::Range, time::Duration};

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use crate::{
    account::Identity,
    media::{Facts, Media},
    net::{Answer, Request},
    platform_id::PlatformId,
    post::Options,
};

pub use crate::target::{Category, Effect, Published};
pub use site::{Site, Sites};
pub use spec::Spec;

/// What a network does, in steps without I/O of their own.
pub trait Adapter: Sync {
    fn spec(&self) -> &'static Spec;

    /// # Errors
    /// The first rule of the platform that the text breaks, by the platform's own counting. `media`: what goes with it.
    fn check_text(&self, text: &str, media: &[Facts]) -> Result<(), Broken>;

    /// # Errors
    /// The first rule of the platform that a post breaks, as far as its media are known.
    fn check(&self, content: &str, media: &[Facts]) -> Result<(), Broken> {
        let spec = self.spec();
        spec.media.check(spec.display_name, media)?;
        self.check_text(content, media)
    }

    /// The request that tells whose account was authorized, within the scopes that were granted; none where the grant
    /// itself says so.
    fn whoami(&self, site: &Site, granted: &[String]) -> Option<Request>;

    /// # Errors
    /// The answer to [`Adapter::whoami`] names nobody.
    fn identity(&self, answer: &Answer) -> Result<Identity, Error>;

    /// The state a publish begins with. Whatever must be equal in every try (a record key, a creation time) is fixed
    /// here, once.
    fn plan(&self, draft: &Draft) -> Value;

    /// The next request from this state. The caller adds the credential.
    fn step(&self, task: &Task) -> Send;

    /// # Errors
    /// The platform's refusal, classified. The answer is to the request that [`Adapter::step`] gave for this state.
    fn read(&self, task: &Task, answer: &Answer) -> Result<Next, Error>;

    /// The request that looks for what an unanswered commit may have left; none where the platform has no such thing.
    fn read_back(&self, task: &Task) -> Option<Request>;

    /// What was found: where it stands, or where in the machine it is after all.
    ///
    /// # Errors
    /// The platform's refusal, classified. `Ok(None)`: it is not there (whether that is proof, the `Spec` says).
    fn find(&self, task: &Task, answer: &Answer) -> Result<Option<Next>, Error>;
}

/// What is to be published, before any state.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    pub content: &'a str,
    /// What each of the post's media is.
    pub media: &'a [Facts],
    /// Unique to the post and the account: what a key of ours is made from.
    pub identity: [u8; 32],
    /// When the publish began.
    pub now: DateTime<Utc>,
}

/// A publish in progress.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    pub site: &'a Site,
    /// The server that has the account, where accounts live on different ones.
    pub host: Option<&'a Url>,
    pub content: &'a str,
    pub media: &'a [Media],
    /// What the agency said for this platform alone, by its `Spec`.
    pub options: &'a Options,
    pub user_id: &'a str,
    pub handle: &'a str,
    pub state: &'a Value,
    /// When the commit was first sent; for reading back.
    pub sent_at: Option<DateTime<Utc>>,
}

/// A request and what may follow if its answer is lost.
#[derive(Debug)]
pub struct Send {
    pub request: Request,
    pub effect: Effect,
    /// Its body is a piece of a file: then the address was named by the platform's own reply, and no credential is sent.
    pub upload: Option<Upload>,
}

impl Send {
    #[must_use]
    pub const fn new(request: Request, effect: Effect) -> Self {
        Self { request, effect, upload: None }
    }
}

/// Which bytes of which of the post's media are the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub media: usize,
    pub range: Range<u64>,
    /// The file's length.
    pub total: u64,
}

/// What follows an answer.
#[derive(Debug, PartialEq)]
pub enum Next {
    /// Another step, from this state.
    Proceed(Value),
    /// Another step, from this state, but not yet.
    Wait {
        after: Duration,
        state: Value,
    },
    /// It is public; from this state more can be asked about where. Whatever becomes of that, it stays published.
    Stands {
        published: Published,
        after: Duration,
        state: Value,
    },
    Done(Published),
    /// It was taken, and the platform now says that it will not be published.
    Failed {
        code: &'static str,
        category: Category,
        message: String,
    },
}

/// A platform's answer that was not the wanted one, classified; the publisher decides what follows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The token is refused: refresh it, else the customer has to connect again.
    #[error("the platform refuses the token: {0}")]
    Reconnect(String),
    /// A definite no that repeating would not change.
    #[error("the platform refused: {message}")]
    Rejected { code: &'static str, category: Category, message: String },
    /// Come back later.
    #[error("the platform asks to wait {} s", retry_after.as_secs())]
    RateLimited { retry_after: Duration, message: String },
    /// Not now, for another reason than the number of calls; nothing became visible.
    #[error("not now: {message}")]
    Later { code: &'static str, category: Category, retry_after: Duration, message: String },
    /// A 5xx or an answer that makes no sense: after a commit that is doubt.
    #[error("the platform's answer leaves the outcome open: {0}")]
    OutcomeUnknown(String),
}

/// A rule of a platform that a content breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Broken {
    pub rule: &'static str,
    pub message: String,
}

/// The adapter of a platform.
#[must_use]
pub const fn adapter(platform: PlatformId) -> &'static dyn Adapter {
    match platform {
        PlatformId::Bluesky => &bluesky::Bluesky,
        PlatformId::Instagram => &instagram::Instagram,
        PlatformId::TikTok => &tiktok::TikTok,
        PlatformId::X => &x::X,
    }
}

/// What a platform is.
#[must_use]
pub fn spec(platform: PlatformId) -> &'static Spec {
    adapter(platform).spec()
}
