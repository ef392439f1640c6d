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
use publishing::{Attempt, Fault, LEDGER, Status};

/// A post and the status of each of its targets.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Post<'a> {
    #[schemars(extend("const" = "post"))]
    object: &'static str,
    id: PostId,
    client_id: ClientId,
    /// The text, unless `overrides` replaces it for an account.
    content: &'a str,
    /// The media, unless `overrides` replaces them for an account.
    media: &'a [Media],
    /// In the order of the request.
    targets: Vec<Target<'a>>,
    schedule: Schedule,
    status: PostStatus,
    created_at: DateTime<Utc>,
    /// Options for individual platforms.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "platforms::options_schema")]
    platform_options: &'a BTreeMap<PlatformId, Options>,
    /// Content and media for individual accounts instead of the common ones, by account id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "post::overrides_schema")]
    overrides: &'a Overrides,
    /// Nothing is sent after this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    publish_before: Option<DateTime<Utc>>,
}

/// The publication of a post on one account.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Target<'a> {
    account_id: AccountId,
    platform: PlatformId,
    status: Status,
    /// The last ten steps.
    #[schemars(length(max = LEDGER))]
    attempts: &'a [Attempt],
    /// The platform's id of the published post, if the platform reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    platform_post_id: Option<&'a str>,
    /// The URL of the published post, if the platform reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = WEB_ADDRESS))]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Fault>,
    /// When the next attempt is made automatically.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<DateTime<Utc>>,
    /// When the post was canceled, while it is not known whether it was published before.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_requested_at: Option<DateTime<Utc>>,
    /// When it will be known at the latest whether it was published, if the platform allows that.
    #[serde(skip_serializing_if = "Option::is_none")]
    settles_by: Option<DateTime<Utc>>,
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

fn target(target: &publishing::Target) -> Target<'_> {
    let published = target.published();
    let undecided = target.status() == Status::Unconfirmed;
    Target {
        account_id: target.account,
        platform: target.platform,
        status: target.status(),
        attempts: &target.attempts,
        platform_post_id: published.and_then(|published| published.platform_post_id.as_deref()),
        url: published.and_then(|published| published.url.as_deref()),
        error: target.fault.as_ref(),
        next_attempt_at: target.fault.as_ref().and(target.next_at),
        cancel_requested_at: target.cancel_requested_at(),
        settles_by: target.settles_by(platforms::spec(target.platform)).filter(|_| undecided),
    }
}
