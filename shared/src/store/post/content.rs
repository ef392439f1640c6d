//! A version of a post's content: immutable. Version 1 is kept for replays of the creation.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use platforms::{Options, PlatformId, media::Media};
use publishing::{Status, Target};
use serde::{Deserialize, Serialize};

use super::{
    HeadItem,
    target_item::{self, TargetItem},
};
use crate::{
    id::AccountId,
    post::{Overrides, Post, TargetName},
    schedule::Schedule,
    store::{Error, event::Listed, keys},
};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ContentItem {
    pk: String,
    sk: String,
    content: String,
    media: Vec<Media>,
    options: BTreeMap<PlatformId, Options>,
    overrides: Overrides,
    schedule: Schedule,
    pub(super) publish_before: Option<DateTime<Utc>>,
    /// In the order of the request.
    targets: Vec<Planned>,
    /// The event of the creation: the first content is the log's entry.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    created: Option<Listed>,
}

/// A target before the post is opened.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Planned {
    #[serde(flatten)]
    name: TargetName,
    /// `None` for a draft.
    due: Option<DateTime<Utc>>,
    /// Whether its account has to be connected again first.
    held: bool,
}

impl Planned {
    fn of(target: &Target) -> Self {
        Self { name: TargetName::of(target), due: target.next_at, held: target.status() == Status::Held }
    }

    fn target(self) -> Target {
        let TargetName { platform, account } = self.name;
        match self.due {
            Some(due) => Target::new(account, platform, due, self.held),
            None => Target::draft(account, platform),
        }
    }
}

impl ContentItem {
    /// The content of a post whose targets are new.
    pub(super) fn new(pk: String, version: u32, post: &Post) -> Self {
        Self {
            pk,
            sk: keys::content(version),
            content: post.content.clone(),
            media: post.media.clone(),
            options: post.options.clone(),
            overrides: post.overrides.clone(),
            schedule: post.schedule,
            publish_before: post.publish_before,
            targets: post.targets.iter().map(Planned::of).collect(),
            created: None,
        }
    }

    /// The content, as the log's entry of its creation.
    pub(super) fn listed(self, created: Listed) -> Self {
        Self { created: Some(created), ..self }
    }

    /// The targets as they are stored when the post opens.
    pub(super) fn new_targets(&self) -> impl Iterator<Item = Target> {
        self.targets.iter().map(|planned| planned.target())
    }

    /// The post with these targets stored. A target that is not stored is as new.
    ///
    /// # Errors
    /// A stored item is not a target's.
    pub(super) fn post(self, head: &HeadItem, stored: &BTreeMap<AccountId, TargetItem>) -> Result<Post, Error> {
        let target = |new: Target| match (stored.get(&new.account), head.canceled_at) {
            (Some(item), _) => item.read(self.publish_before),
            (None, Some(at)) => Ok(target_item::canceled(new, at, self.publish_before)),
            (None, None) => Ok(new),
        };
        let targets = self.new_targets().map(target).collect::<Result<_, _>>()?;
        Ok(self.with(head, targets))
    }

    /// The post as its creation returned it.
    pub(super) fn into_created(self, head: &HeadItem) -> Post {
        let targets = self.new_targets().collect();
        self.with(head, targets)
    }

    /// The post with these of its targets.
    pub(super) fn with(self, head: &HeadItem, targets: Vec<Target>) -> Post {
        Post {
            id: head.id,
            client: head.client,
            content: self.content,
            media: self.media,
            options: self.options,
            overrides: self.overrides,
            schedule: self.schedule,
            publish_before: self.publish_before,
            created_at: head.created_at,
            targets,
        }
    }
}
