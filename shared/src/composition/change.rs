//! What a PATCH changes of a post; what it leaves out stays.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Composition, Targets, request};
use crate::{
    api::{Error, Fields, fields::time},
    media::{MAX_MEDIA, Media},
    platform_id::PlatformId,
    post::{Options, Overrides, Post},
    schedule::Schedule,
};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    content: Option<String>,
    media: Option<Vec<Media>>,
    options: Option<BTreeMap<PlatformId, Options>>,
    overrides: Option<Overrides>,
    targets: Option<Targets>,
    schedule: Option<Schedule>,
    /// `Some(None)` removes it.
    publish_before: Option<Option<DateTime<Utc>>>,
}

impl Change {
    /// # Errors
    /// 422 with every field at fault.
    pub fn read(body: Value) -> Result<Self, Error> {
        let mut fields = Fields::of(body)?;
        let change = Self {
            content: fields.optional("content", request::content),
            media: fields.optional_list("media", MAX_MEDIA, request::media),
            options: fields.optional_object("platformOptions", request::options),
            overrides: request::overrides(&mut fields),
            targets: fields.optional_object("targets", request::targets),
            schedule: fields.optional_object("schedule", request::schedule),
            publish_before: fields.optional("publishBefore", |value| match value {
                Value::Null => Ok(None),
                value => time(value).map(Some),
            }),
        };
        fields.done()?;
        Ok(change)
    }

    /// The whole of what the post is then to be.
    #[must_use]
    pub fn of(&self, post: &Post) -> Composition {
        let accounts = || Targets::Selection(post.targets.iter().map(|target| target.account).collect());
        Composition {
            client: post.client,
            content: self.content.clone().unwrap_or_else(|| post.content.clone()),
            media: self.media.clone().unwrap_or_else(|| post.media.clone()),
            options: self.options.clone().unwrap_or_else(|| post.options.clone()),
            overrides: self.overrides.clone().unwrap_or_else(|| post.overrides.clone()),
            targets: self.targets.clone().unwrap_or_else(accounts),
            schedule: self.schedule.unwrap_or(post.schedule),
            scheduled_before: self.schedule.is_none(),
            publish_before: self.publish_before.unwrap_or(post.publish_before),
        }
    }
}
