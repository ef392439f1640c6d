//! A post as a request describes it: strict parsing, and the rules that decide whether a post can be made of it.
//! Creating, editing and validating a post share this module.

mod change;
mod request;
mod rules;
mod schema;
mod when;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use schemars::JsonSchema;

use crate::{
    id::{AccountId, ClientId},
    net::{HttpClient, media::Unusable},
    post::{MAX_CONTENT, Overrides, overrides_schema},
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

/// The results of the HEAD requests for the media.
#[derive(Debug, Default)]
pub struct MediaChecks {
    all: Checks,
    /// Of accounts whose media are overridden.
    own: BTreeMap<AccountId, Checks>,
}

type Checks = Vec<Result<Facts, Unusable>>;

impl Composition {
    /// Sends a HEAD request for each medium, through the guard. A draft's media are not checked, because they may be
    /// uploaded later.
    pub async fn ask_media(&self, http: &HttpClient) -> MediaChecks {
        if self.schedule == Schedule::Draft {
            return MediaChecks::default();
        }
        let own = self.overrides.iter().filter_map(|(account, own)| Some((*account, own.media.as_ref()?)));
        let own = own.map(|(account, media)| async move { (account, ask(http, media).await) });
        let (all, own) = tokio::join!(ask(http, &self.media), join_all(own));
        MediaChecks { all, own: own.into_iter().collect() }
    }
}

async fn ask(http: &HttpClient, media: &[Media]) -> Checks {
    join_all(media.iter().map(|media| http.ask_media(&media.url))).await
}
