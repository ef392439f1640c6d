//! A post as a request composes it: what is said, read strictly, and the rules that decide whether a post can be made of
//! it. Creating, editing and validating a post share it.

mod change;
mod request;
mod rules;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::{
    id::{AccountId, ClientId},
    media::{Facts, Media},
    net::{Engine, media::Unusable},
    platform_id::PlatformId,
    post::Options,
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
pub type Asked = Vec<Result<Facts, Unusable>>;

impl Composition {
    /// Asks for the media by HEAD, through the guard. Those of a draft may come later.
    pub async fn ask_media(&self, engine: &Engine) -> Asked {
        if self.schedule == Schedule::Draft {
            return Asked::new();
        }
        futures_util::future::join_all(self.media.iter().map(|media| engine.ask_media(&media.url))).await
    }
}
