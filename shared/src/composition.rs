//! A post as a request composes it: what is said, read strictly, and the rules that decide whether a post can be made of
//! it. Creating, editing and validating a post share it.

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
    net::{Engine, media::Unusable},
    post::{MAX_CONTENT, Overrides, overrides_schema},
    schedule::Schedule,
};
use platforms::{
    Options, PlatformId,
    media::{Facts, MAX_MEDIA, Media},
};

pub use change::Change;
use schema::AskedSchedule;

/// What a request says. Nothing of it depends on the time or on what is stored.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(rename = "AskedPost", rename_all = "camelCase", description = "A post as it is asked for.")]
pub struct Composition {
    #[schemars(rename = "clientId")]
    pub client: ClientId,
    /// What is said: at most 65,536 bytes in UTF-8, and within the rules of each target's platform.
    #[schemars(length(max = MAX_CONTENT))]
    pub content: String,
    /// What is shown.
    #[schemars(default, length(max = MAX_MEDIA))]
    pub media: Vec<Media>,
    /// What is said for one platform alone.
    #[schemars(rename = "platformOptions", default, schema_with = "platforms::options_schema")]
    pub options: BTreeMap<PlatformId, Options>,
    /// What some of its accounts get instead, by their ids; at most 100 media in all.
    #[schemars(default, schema_with = "overrides_schema")]
    pub overrides: Overrides,
    pub targets: Targets,
    #[schemars(with = "AskedSchedule")]
    pub schedule: Schedule,
    /// The schedule stands from before: its time may have come meanwhile.
    #[schemars(skip)]
    pub scheduled_before: bool,
    /// After this, what is not sent is not sent any more. Later than the post is due.
    pub publish_before: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// The accounts that are connected when the post is made.
    All,
    /// 1–50, no repeats.
    Selection(Vec<AccountId>),
}

/// What each of the media answered when it was asked for.
#[derive(Debug, Default)]
pub struct Asked {
    all: Answers,
    /// Of accounts that get other media.
    own: BTreeMap<AccountId, Answers>,
}

type Answers = Vec<Result<Facts, Unusable>>;

impl Composition {
    /// Asks for the media by HEAD, through the guard. Those of a draft may come later.
    pub async fn ask_media(&self, engine: &Engine) -> Asked {
        if self.schedule == Schedule::Draft {
            return Asked::default();
        }
        let own = self.overrides.iter().filter_map(|(account, own)| Some((*account, own.media.as_ref()?)));
        let own = own.map(|(account, media)| async move { (account, ask(engine, media).await) });
        let (all, own) = tokio::join!(ask(engine, &self.media), join_all(own));
        Asked { all, own: own.into_iter().collect() }
    }
}

async fn ask(engine: &Engine, media: &[Media]) -> Answers {
    join_all(media.iter().map(|media| engine.ask_media(&media.url))).await
}
