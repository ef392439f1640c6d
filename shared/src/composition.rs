//! A post as a request composes it: what is said, read strictly, and the rules that decide whether a post can be made of
//! it. Creating, editing and validating a post share it.

mod change;
mod request;
mod rules;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;

use crate::{
    id::{AccountId, ClientId},
    media::{Facts, Media},
    net::{Engine, media::Unusable},
    platform_id::PlatformId,
    post::{Options, Overrides},
    schedule::Schedule,
};

pub use change::Change;

/// What a request says. Nothing of it depends on the time or on what is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Composition {
    pub client: ClientId,
    pub content: String,
    pub media: Vec<Media>,
    pub options: BTreeMap<PlatformId, Options>,
    /// What some of its accounts get instead.
    pub overrides: Overrides,
    pub targets: Targets,
    pub schedule: Schedule,
    /// The schedule stands from before: its time may have come meanwhile.
    pub scheduled_before: bool,
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
