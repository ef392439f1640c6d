//! A post as a request describes it: strict parsing, and the rules that decide whether a post can be made of it.
//! Creating, editing and validating a post share this module.

mod change;
mod request;
mod rules;
mod schema;
mod when;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;

use crate::{
    account::Account,
    api::Error,
    client::Client,
    id::{AccountId, ClientId, PostId},
    net::{
        HttpClient,
        media::{MediaAnswers, Unusable},
    },
    post::{MAX_CONTENT, Overrides, Post, overrides_schema},
    schedule::Schedule,
};
use platforms::{
    Options, PlatformId,
    media::{Facts, MAX_MEDIA, Media},
};

pub use change::PostChange;
use schema::AskedSchedule;

/// A parsed request. Nothing in it depends on the time or on stored data.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(rename = "AskedPost", rename_all = "camelCase", description = "A post to create.")]
pub struct Composition {
    #[schemars(rename = "clientId")]
    pub client: ClientId,
    /// The text: at most 65,536 bytes in UTF-8, and within the rules of each target's platform.
    #[schemars(length(max = MAX_CONTENT))]
    pub content: String,
    /// The images and videos.
    #[schemars(default, length(max = MAX_MEDIA))]
    pub media: Vec<Media>,
    /// Options for individual platforms.
    #[schemars(rename = "platformOptions", default, schema_with = "platforms::options_schema")]
    pub options: BTreeMap<PlatformId, Options>,
    /// Content and media for individual accounts instead of the common ones, by account id; at most 100 media in all.
    #[schemars(default, schema_with = "overrides_schema")]
    pub overrides: Overrides,
    pub targets: Targets,
    #[schemars(with = "AskedSchedule")]
    pub schedule: Schedule,
    /// The schedule is unchanged by an edit, so its time may have passed since it was accepted.
    #[schemars(skip)]
    pub scheduled_before: bool,
    /// Nothing is sent after this time. It must be later than the time the post is due.
    pub publish_before: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// All accounts that are connected when the post is made.
    All,
    /// 1–50, no repeats.
    Selection(Vec<AccountId>),
}

/// What HEAD requests told of the media, by address. Nothing is known of an address that is absent.
#[derive(Debug, Default)]
pub struct MediaChecks(MediaAnswers);

impl MediaChecks {
    fn of(&self, medium: &Media) -> Result<Facts, &Unusable> {
        self.0.get(&medium.url).map_or(Ok(Facts::default()), |asked| asked.as_ref().copied())
    }
}

impl Composition {
    /// The post that the request makes, after its media were asked for.
    ///
    /// # Errors
    /// As [`Self::ask_media`] and [`Self::decide`].
    pub async fn check(
        self,
        http: &HttpClient,
        id: PostId,
        found: Option<&(Client, Vec<Account>)>,
        now: DateTime<Utc>,
    ) -> Result<Post, Error> {
        let media = self.ask_media(http, found, now).await?;
        self.decide(id, found, &media, now)
    }

    /// Sends a HEAD request for each medium, through the guard. A draft's media are not checked, because they may be
    /// uploaded later.
    ///
    /// # Errors
    /// As [`Self::decide`], if the post is refused whatever its media are: then no server is asked.
    pub async fn ask_media(
        &self,
        http: &HttpClient,
        found: Option<&(Client, Vec<Account>)>,
        now: DateTime<Utc>,
    ) -> Result<MediaChecks, Error> {
        let own = self.overrides.values().filter_map(|own| own.media.as_ref());
        let media = self.media.iter().chain(own.flatten());
        let addresses: Vec<&str> = media.map(|medium| medium.url.as_str()).collect();
        if addresses.is_empty() || self.schedule == Schedule::Draft {
            return Ok(MediaChecks::default());
        }
        self.clone().decide(PostId::random(), found, &MediaChecks::default(), now)?;
        Ok(MediaChecks(http.ask_media(addresses).await))
    }
}
