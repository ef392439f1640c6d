//! The interface to a network: requests to send and responses to read.

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use crate::{
    Abilities, BrokenRule, Call, Endpoints, Error, Found, Identity, Options, Progress, Request, Response, Spec,
    TokenResponse, UnreadableState,
    media::{Facts, Media, MediaRules},
    token_response,
};

/// The protocol of one network, without I/O.
pub trait Adapter: Sync {
    fn spec(&self) -> &'static Spec;

    /// Checks what only this platform has: the text by its own counting, and options that exclude each other.
    ///
    /// # Errors
    /// The first rule that the content breaks.
    fn check_own(&self, content: &Content) -> Result<(), BrokenRule>;

    /// Checks all that one account gets. A media fact that is not known passes.
    ///
    /// # Errors
    /// The first rule that the content breaks.
    fn check(&self, content: &Content) -> Result<(), BrokenRule> {
        let spec = self.spec();
        let (taker, rules) = self.media_rules(content);
        rules.check(taker, content.media)?;
        self.check_own(content)?;
        spec.scope_for(content).map_or(Ok(()), |(scope, what)| Err(BrokenRule::scope_missing(spec, scope, &what)))
    }

    /// The rules for the media of this content, and what has these rules, as the subject of a sentence.
    fn media_rules(&self, _content: &Content) -> (&'static str, &'static MediaRules) {
        (self.spec().display_name, &self.spec().media)
    }

    /// The flag that, if it is true, makes a post need none of the options that others need.
    fn exempting_option(&self) -> Option<&'static str> {
        None
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

    /// The state to store before the next request is sent, from which to continue if no answer says what became of it; `None`
    /// for the present one. It is for requests after the post is public whose repetition somebody could see.
    fn without_answer(&self, _task: &Task) -> Option<Value> {
        None
    }

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

/// What one account gets of a post.
#[derive(Debug, Clone, Copy)]
pub struct Content<'a> {
    pub text: &'a str,
    /// The facts of each of the media.
    pub media: &'a [Facts],
    /// The agency's options for this platform.
    pub options: &'a Options,
    pub abilities: &'a Abilities,
}

impl<'a> Content<'a> {
    /// Text and media without options, for an account that may do what every account may.
    #[must_use]
    pub const fn plain(text: &'a str, media: &'a [Facts]) -> Self {
        static OPTIONS: Options = Options::new();
        static ABILITIES: Abilities = Abilities { scopes: None, max_text: None };
        Self { text, media, options: &OPTIONS, abilities: &ABILITIES }
    }
}

/// What to publish, before there is any state.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    pub content: Content<'a>,
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
