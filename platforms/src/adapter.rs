//! The interface to a network: requests to send and responses to read.

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use crate::{
    BrokenRule, Call, Endpoints, Error, Found, Identity, Options, Progress, Request, Response, Spec, TokenResponse,
    UnreadableState,
    media::{Facts, Media},
    token_response,
};

/// The protocol of one network, without I/O.
pub trait Adapter: Sync {
    fn spec(&self) -> &'static Spec;

    /// Checks the text by the platform's own counting. `media` are the files posted with it.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    fn check_text(&self, text: &str, media: &[Facts]) -> Result<(), BrokenRule>;

    /// Checks a whole post. A media fact that is not known passes.
    ///
    /// # Errors
    /// The first rule that the post breaks.
    fn check(&self, content: &str, media: &[Facts]) -> Result<(), BrokenRule> {
        let spec = self.spec();
        spec.media.check(spec.display_name, media)?;
        self.check_text(content, media)
    }

    /// Whether an error at the callback means that the customer declined (RFC 6749 §4.1.2.1). `reason` is the parameter
    /// `error_reason`, which only some platforms send.
    fn declined(&self, error: &str, _reason: Option<&str>) -> bool {
        error == "access_denied"
    }

    /// Reads the body of a token response.
    ///
    /// # Errors
    /// The body does not have the platform's form.
    fn token_response(&self, body: &[u8]) -> serde_json::Result<TokenResponse> {
        TokenResponse::read(body)
    }

    /// The error code in a response of the token endpoint, if there is one.
    fn token_error(&self, body: &[u8]) -> Option<String> {
        token_response::error_code(body)
    }

    /// The request for the profile of the authorized account, within the `granted` scopes. `None` where the token
    /// response already identifies the account.
    fn whoami(&self, endpoints: &Endpoints, granted: &[String]) -> Option<Request>;

    /// Reads the response to [`Adapter::whoami`].
    ///
    /// # Errors
    /// The response does not identify an account.
    fn identity(&self, answer: &Response) -> Result<Identity, Error>;

    /// The first state of a publish. It fixes everything that must be equal in every attempt, such as a record key or
    /// a creation time.
    fn plan(&self, draft: &Draft) -> Value;

    /// The next request from this state, without the credential.
    ///
    /// # Errors
    /// The stored state cannot be read.
    fn step(&self, task: &Task) -> Result<Call, UnreadableState>;

    /// Reads the response to the request that [`Adapter::step`] built for this state.
    ///
    /// # Errors
    /// The platform refused; the refusal is classified.
    fn read(&self, task: &Task, answer: &Response) -> Result<Progress, Error>;

    /// The read-back after a commit without an answer: a request that finds the post if it was published. `None` where
    /// the platform offers no such request.
    ///
    /// # Errors
    /// The stored state cannot be read.
    fn read_back(&self, task: &Task) -> Result<Option<Request>, UnreadableState>;

    /// Reads the answer to [`Adapter::read_back`].
    ///
    /// # Errors
    /// The platform refused; the refusal is classified.
    fn find(&self, task: &Task, answer: &Response) -> Result<Found, Error>;
}

/// What to publish, before there is any state.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    pub content: &'a str,
    /// The facts of each of the post's media.
    pub media: &'a [Facts],
    /// Unique to the post and the account. Record keys are derived from it.
    pub identity: [u8; 32],
    /// When publishing began.
    pub now: DateTime<Utc>,
}

/// A publish in progress.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    pub endpoints: &'a Endpoints,
    /// The server that hosts the account, for networks of several servers.
    pub host: Option<&'a Url>,
    pub content: &'a str,
    pub media: &'a [Media],
    /// The agency's options for this platform.
    pub options: &'a Options,
    pub user_id: &'a str,
    pub handle: &'a str,
    pub state: &'a Value,
    /// When the last commit was sent; the read-back searches from then on.
    pub sent_at: Option<DateTime<Utc>>,
}
