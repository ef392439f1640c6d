//! Containers: what was uploaded and waits to be published. Their state is a matter of the clock.

use serde::{Deserialize, Serialize};

use super::{
    account::{Account, Behavior},
    media::Media,
    rules,
    script::{Script, Step},
};
use crate::{
    Sandbox,
    store::{Error, Key, Write},
};

/// Milliseconds, like every time of a container.
const LIFETIME: i64 = 24 * 60 * 60 * 1000;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Container {
    pub(crate) id: String,
    /// The account's id.
    pub(crate) account: String,
    pub(crate) kind: Kind,
    pub(crate) media: Vec<Media>,
    pub(crate) caption: String,
    pub(crate) created_at: i64,
    pub(crate) ready_at: i64,
    /// Why it cannot be processed, once it would have been ready.
    pub(crate) error: Option<i64>,
    pub(crate) script: Option<Script>,
    /// The id of what it became.
    pub(crate) published: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Image,
    Reel,
    Carousel,
    /// Part of a carousel, and nothing by itself.
    Item,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum State {
    InProgress,
    Finished,
    Published,
    Expired,
    /// With the subcode.
    Error(i64),
}

impl State {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Finished => "FINISHED",
            Self::Published => "PUBLISHED",
            Self::Expired => "EXPIRED",
            Self::Error(_) => "ERROR",
        }
    }

    /// In a sentence.
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
    pub(crate) fn state(&self, account: &Account, now: i64) -> State {
        if self.published.is_some() {
            return State::Published;
        }
        if now >= self.created_at + LIFETIME {
            return State::Expired;
        }
        if now < self.ready_at || account.behavior == Behavior::NeverReady {
            return State::InProgress;
        }
        if account.behavior == Behavior::ContainerError {
            return State::Error(rules::UNSUPPORTED_VIDEO);
        }
        let scripted = self.script.as_ref().filter(|script| script.step == Step::Status).map(Script::told);
        match scripted.or(self.error) {
            Some(subcode) => State::Error(subcode),
            None => State::Finished,
        }
    }
}

pub(crate) fn key(id: &str) -> Key {
    Key::new(format!("instagram#container#{id}"), "container")
}

pub(crate) async fn insert(sandbox: &Sandbox, container: &Container) -> Result<(), Error> {
    let write = Write::put(key(&container.id), container)?;
    sandbox.store.commit(vec![write]).await?;
    Ok(())
}

/// A container of this account.
pub(crate) async fn find(sandbox: &Sandbox, account: &Account, id: &str) -> Result<Option<Container>, Error> {
    let found = sandbox.store.get::<Container>(key(id)).await?;
    Ok(found.filter(|container| container.account == account.id))
}
