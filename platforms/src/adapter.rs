//! What a network does, as requests to send and answers to read.

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use crate::{
    BrokenRule, Call, Endpoints, Error, Identity, Options, Progress, Request, Response, Spec,
    media::{Facts, Media},
};

/// What a network does, in steps without I/O of their own.
pub trait Adapter: Sync {
    fn spec(&self) -> &'static Spec;

    /// # Errors
    /// The first rule of the platform that the text breaks, by the platform's own counting. `media`: what goes with it.
    fn check_text(&self, text: &str, media: &[Facts]) -> Result<(), BrokenRule>;

    /// # Errors
    /// The first rule of the platform that a post breaks, as far as its media are known.
    fn check(&self, content: &str, media: &[Facts]) -> Result<(), BrokenRule> {
        let spec = self.spec();
        spec.media.check(spec.display_name, media)?;
        self.check_text(content, media)
    }

    /// The request that tells whose account was authorized, within the scopes that were granted; none where the grant
    /// itself says so.
    fn whoami(&self, endpoints: &Endpoints, granted: &[String]) -> Option<Request>;

    /// # Errors
    /// The answer to [`Adapter::whoami`] names nobody.
    fn identity(&self, answer: &Response) -> Result<Identity, Error>;

    /// The state a publish begins with. Whatever must be equal in every try (a record key, a creation time) is fixed
    /// here, once.
    fn plan(&self, draft: &Draft) -> Value;

    /// The next request from this state. The caller adds the credential.
    fn step(&self, task: &Task) -> Call;

    /// # Errors
    /// The platform's refusal, classified. The answer is to the request that [`Adapter::step`] gave for this state.
    fn read(&self, task: &Task, answer: &Response) -> Result<Progress, Error>;

    /// The request that looks for what an unanswered commit may have left; none where the platform has no such thing.
    fn read_back(&self, task: &Task) -> Option<Request>;

    /// What was found: where it stands, or where in the machine it is after all.
    ///
    /// # Errors
    /// The platform's refusal, classified. `Ok(None)`: it is not there (whether that is proof, the `Spec` says).
    fn find(&self, task: &Task, answer: &Response) -> Result<Option<Progress>, Error>;
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
    pub endpoints: &'a Endpoints,
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
