//! The body of `PATCH`: fields that are absent keep their value.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde_json::Value;

use super::{Composition, Targets, request, schema::AskedSchedule, when};
use crate::{
    api::{Error, Fields, contract::nullable, fields::time},
    post::{MAX_CONTENT, Overrides, Post, overrides_schema},
    schedule::Schedule,
};
use platforms::{
    Options, PlatformId,
    media::{MAX_MEDIA, Media},
};

#[derive(Debug, Clone, Default, PartialEq, JsonSchema)]
#[schemars(
    rename = "PostChange",
    rename_all = "camelCase",
    description = "Changes to a post. Omitted fields keep their value."
)]
pub struct PostChange {
    /// The text: at most 65,536 bytes in UTF-8, and within the rules of each target's platform.
    #[schemars(length(max = MAX_CONTENT))]
    content: Option<String>,
    /// The images and videos.
    #[schemars(length(max = MAX_MEDIA))]
    media: Option<Vec<Media>>,
    /// Options for individual platforms.
    #[schemars(rename = "platformOptions", default, schema_with = "platforms::options_schema")]
    options: Option<BTreeMap<PlatformId, Options>>,
    /// Content and media for individual accounts instead of the common ones, by account id; at most 100 media in all.
    #[schemars(default, schema_with = "overrides_schema")]
    overrides: Option<Overrides>,
    targets: Option<Targets>,
    #[schemars(with = "Option<AskedSchedule>")]
    schedule: Option<Schedule>,
    /// Nothing is sent after this time; `null` removes it.
    // `Some(None)` removes it.
    #[schemars(default, schema_with = "nullable::<DateTime<Utc>>")]
    publish_before: Option<Option<DateTime<Utc>>>,
}

impl PostChange {
    /// # Errors
    /// 422 with every invalid field.
    pub fn read(body: Value) -> Result<Self, Error> {
        let mut fields = Fields::of(body)?;
        let change = Self {
            content: fields.optional("content", request::content),
            media: fields.optional_list("media", MAX_MEDIA, request::media),
            options: fields.optional_object("platformOptions", request::options),
            overrides: request::overrides(&mut fields),
            targets: fields.optional_object("targets", request::targets),
            schedule: fields.optional_object("schedule", when::schedule),
            publish_before: fields.optional("publishBefore", |value| match value {
                Value::Null => Ok(None),
                value => time(value).map(Some),
            }),
        };
        fields.done()?;
        Ok(change)
    }

    /// The whole post after the change.
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
