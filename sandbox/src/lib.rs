//! The social networks, simulated: strict servers that speak their platforms' own wire protocols,
//! so that a publisher can be tried without any account of a real platform, and judged by
//! something that shares no code with it.
//!
//! A platform is a module (`x`, `instagram`, `tiktok`), which holds its OAuth server, its API, its test accounts and
//! their misbehaviours. Everything else is common: `network` (what a platform tells the house of itself), `account`
//! (test accounts), `once` and `script` (how they misbehave), `oauth` (consent, codes and grants), `media` (what is
//! fetched, and samples), `feed` (what was published), `store` (the table), `secret` (tokens and their
//! fingerprints), `authorization`, `content_type` and `fields` (what a request says), `reply` (answers), `page` (the
//! frame of a page) and `home` (the front page).
//!
//! **Addressing.** Each real host is the first segment of the path: `https://api.x.com/2/tweets`
//! is `{public_url}/api.x.com/2/tweets` here.
//!
//! **State** is in the table alone, and time comes from the clock alone: a restart changes nothing.
//! What could race is decided by conditional writes.
//!
//! This crate may not depend on `shared`: it is the judge of what is there.

mod account;
mod authorization;
mod content_type;
mod feed;
mod fields;
mod home;
mod instagram;
mod media;
mod network;
mod oauth;
mod once;
mod page;
mod reply;
mod script;
mod secret;
mod store;
#[cfg(test)]
mod tests;
mod tiktok;
mod x;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response};

pub use media::{Fetch, Fetched, HEAD};
pub use store::Error;
pub use tiktok::MAX_CHUNK as LARGEST_BODY;

use reply::{Reply, Stop};

/// Where the time comes from.
pub type Clock = std::sync::Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// A developer's app, as registered with every simulated platform.
#[derive(Clone)]
pub struct App {
    pub client_id: String,
    pub client_secret: String,
    /// Compared exactly, character by character.
    pub redirect_uris: Vec<String>,
}

#[derive(Clone)]
pub struct Config {
    /// The DynamoDB table that is the sandbox's own.
    pub table: String,
    /// The origin under which browsers and publishers reach it, such as `http://127.0.0.1:9001`.
    pub public_url: String,
    pub apps: Vec<App>,
    /// How platforms fetch the media that a publisher names.
    pub fetch: Fetch,
}

#[derive(Clone)]
pub struct Sandbox {
    store: store::Store,
    config: Config,
    clock: Clock,
}

/// What becomes of a request.
pub enum Answer {
    Response(Response<Bytes>),
    /// The work was done (or was not: that is the point), and the connection is to be closed
    /// without a byte of an answer.
    Lost,
}

/// Larger than any request of a simulated platform that carries text only.
const MAX_BODY: usize = 64 * 1024;

impl Sandbox {
    pub fn new(dynamodb: aws_sdk_dynamodb::Client, mut config: Config, clock: Clock) -> Self {
        let origin = config.public_url.trim_end_matches('/').len();
        config.public_url.truncate(origin);
        Self { store: store::Store::new(dynamodb, config.table.clone()), config, clock }
    }

    /// The same sandbox under another origin, for one that learns its own from each request.
    #[must_use]
    pub fn at(&self, public_url: &str) -> Self {
        let mut moved = self.clone();
        public_url.trim_end_matches('/').clone_into(&mut moved.config.public_url);
        moved
    }

    /// Creates the sandbox's table if it is absent.
    pub async fn create_table(&self) -> Result<(), Error> {
        self.store.create_table().await
    }

    /// Answers one request. A fault of the sandbox itself is a 500 in plain words.
    pub async fn answer(&self, request: Request<Bytes>) -> Answer {
        match self.route(&request).await {
            Ok(answer) => answer,
            Err(Stop::With(reply)) => Answer::Response(*reply),
            Err(Stop::Fault(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "sandbox fault");
                Answer::Response(reply::fault())
            }
        }
    }

    async fn route(&self, request: &Request<Bytes>) -> Result<Answer, Stop> {
        let path = request.uri().path();
        let mut segments = path.trim_start_matches('/').split('/');
        let host = segments.next().unwrap_or_default();
        let rest: Vec<&str> = segments.collect();
        let limit = if host == "open-upload.tiktokapis.com" { tiktok::MAX_CHUNK } else { MAX_BODY };
        let oversize = request.body().len() > limit;
        match (host, rest.as_slice()) {
            ("api.x.com", rest) => {
                if oversize {
                    return reply::stop(x::too_large());
                }
                x::api(self, request, rest).await
            }
            ("open.tiktokapis.com", _) if oversize => tiktok::too_large(self),
            _ if oversize => Ok(home::too_large()?.into()),
            ("x.com", rest) => Ok(x::site(self, request, rest).await?.into()),
            ("www.instagram.com", rest) => Ok(instagram::site(self, request, rest).await?.into()),
            ("api.instagram.com", rest) => Ok(instagram::api(self, request, rest).await?.into()),
            ("graph.instagram.com", rest) => instagram::graph(self, request, rest).await,
            ("www.tiktok.com", rest) => Ok(tiktok::site(self, request, rest).await?.into()),
            ("open.tiktokapis.com", rest) => tiktok::api(self, request, rest).await,
            ("open-upload.tiktokapis.com", rest) => tiktok::uploads(self, request, rest).await,
            ("feed", ["x", rest @ ..]) => Ok(feed::of::<x::X>(self, request, rest).await?.into()),
            ("feed", ["instagram", rest @ ..]) => {
                Ok(feed::of::<instagram::Instagram>(self, request, rest).await?.into())
            }
            ("feed", ["tiktok", rest @ ..]) => Ok(feed::of::<tiktok::TikTok>(self, request, rest).await?.into()),
            ("media", [name]) => Ok(media::serve(request, name)?.into()),
            ("", []) => Ok(home::front(request)?.into()),
            _ => Ok(home::not_found()?.into()),
        }
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::Response(reply)
    }
}
