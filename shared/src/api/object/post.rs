use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    id::{AccountId, ClientId, PostId},
    post::{self, Overrides, PostStatus},
    schedule::Schedule,
};
use platforms::{
    Options, PlatformId,
    media::{Media, WEB_ADDRESS},
};
use publishing::{
    Attempt, Fault, State,
    target::{self},
};

/// A post, and what is known of each of its targets.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Post<'a> {
    #[schemars(extend("const" = "post"))]
    object: &'static str,
    id: PostId,
    client_id: ClientId,
    /// What is said, but where `overrides` says something else.
    content: &'a str,
    /// What is shown, but where `overrides` shows something else.
    media: &'a [Media],
    /// In the order in which they were named.
    targets: Vec<Target<'a>>,
    schedule: Schedule,
    status: PostStatus,
    created_at: DateTime<Utc>,
    /// What was said for one platform alone.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "platforms::options_schema")]
    platform_options: &'a BTreeMap<PlatformId, Options>,
    /// What one account gets instead of what the others get, by its id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "post::overrides_schema")]
    overrides: &'a Overrides,
    /// After this, what is not sent is not sent any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    publish_before: Option<DateTime<Utc>>,
}

/// A post on one account.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Target<'a> {
    account_id: AccountId,
    platform: PlatformId,
    status: State,
    /// The last ten steps.
    #[schemars(length(max = target::LEDGER))]
    attempts: &'a [Attempt],
    /// The platform's own id of what is published, where it tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    platform_post_id: Option<&'a str>,
    /// Where it can be seen, where the platform tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = WEB_ADDRESS))]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Fault>,
    /// When it is tried again by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<DateTime<Utc>>,
}

#[must_use]
pub fn post(post: &post::Post) -> Post<'_> {
    Post {
        object: "post",
        id: post.id,
        client_id: post.client,
        content: &post.content,
        media: &post.media,
        targets: post.targets.iter().map(target).collect(),
        schedule: post.schedule,
        status: post.status(),
        created_at: post.created_at,
        platform_options: &post.options,
        overrides: &post.overrides,
        publish_before: post.publish_before,
    }
}

fn target(target: &target::Target) -> Target<'_> {
    let published = target.published.as_ref();
    Target {
        account_id: target.account,
        platform: target.platform,
        status: target.state,
        attempts: &target.attempts,
        platform_post_id: published.and_then(|published| published.platform_post_id.as_deref()),
        url: published.and_then(|published| published.url.as_deref()),
        error: target.fault.as_ref(),
        next_attempt_at: target.fault.as_ref().and(target.next_at),
    }
}
