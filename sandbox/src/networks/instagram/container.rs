//! Containers: uploaded media that can be published. Their state depends on the clock.

use serde::{Deserialize, Serialize};

use super::{
    media::Media,
    rules,
    script::{Script, Step},
    settings::Settings,
};
use crate::{
    account::Account,
    behavior::Behavior,
    context::Context,
    error::Error,
    store::{Key, Write},
};

/// In milliseconds, like all times of a container.
const LIFETIME: i64 = 24 * 60 * 60 * 1000;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Container {
    pub(crate) id: String,
    /// The account's id.
    pub(crate) account: String,
    pub(crate) kind: PostKind,
    pub(crate) media: Vec<Media>,
    pub(crate) caption: String,
    pub(crate) settings: Settings,
    pub(crate) created_at: i64,
    pub(crate) ready_at: i64,
    /// The subcode of the error after processing, if it fails.
    pub(crate) error: Option<i64>,
    pub(crate) script: Option<Script>,
    /// The id of the published post.
    pub(crate) published: Option<String>,
    /// When that post appears.
    pub(crate) appears_at: Option<i64>,
    /// Whether Instagram has lost the container: nobody can read or publish it.
    pub(crate) gone: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PostKind {
    Image,
    Reel,
    Carousel,
    Story,
    /// An item of a carousel. It cannot be published alone.
    Item,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ContainerState {
    InProgress,
    Finished,
    Published,
    Expired,
    /// The subcode.
    Error(i64),
}

impl ContainerState {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Finished => "FINISHED",
            Self::Published => "PUBLISHED",
            Self::Expired => "EXPIRED",
            Self::Error(_) => "ERROR",
        }
    }

    /// The description in the field `status`.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::InProgress => "In Progress: Media is still being processed.".to_owned(),
            Self::Finished => "Finished: Media has been uploaded and it is ready to be published.".to_owned(),
            Self::Published => "Published: Media has been published.".to_owned(),
            Self::Expired => "Expired: Media was not published within 24 hours.".to_owned(),
            Self::Error(subcode) => format!("Error: Media upload has failed with error code {subcode}"),
        }
    }
}

impl Container {
    /// Whether it was published as a post that has not appeared.
    pub(crate) fn is_landing(&self, now: i64) -> bool {
        self.appears_at.is_some_and(|at| at > now)
    }

    pub(crate) fn state(&self, account: &Account, now: i64) -> ContainerState {
        if self.appears_at.is_some_and(|at| at <= now) {
            return ContainerState::Published;
        }
        if now >= self.created_at + LIFETIME {
            return ContainerState::Expired;
        }
        if now < self.ready_at || account.behavior == Behavior::NeverReady {
            return ContainerState::InProgress;
        }
        if account.behavior == Behavior::ProcessingFails {
            return ContainerState::Error(rules::UNSUPPORTED_VIDEO);
        }
        let scripted = self.script.as_ref().filter(|script| script.step == Step::Status).map(Script::shown_code);
        match scripted.or(self.error) {
            Some(subcode) => ContainerState::Error(subcode),
            None => ContainerState::Finished,
        }
    }
}

pub(crate) fn key(id: &str) -> Key {
    Key::new(format!("instagram#container#{id}"), "container")
}

pub(crate) async fn insert(context: &Context, container: &Container) -> Result<(), Error> {
    let write = Write::put(key(&container.id), container)?;
    context.store.commit(vec![write]).await?;
    Ok(())
}

/// Finds a container of this account.
pub(crate) async fn find(context: &Context, account: &Account, id: &str) -> Result<Option<Container>, Error> {
    let found = context.store.get::<Container>(key(id)).await?;
    Ok(found.filter(|container| container.account == account.id && !container.gone))
}
