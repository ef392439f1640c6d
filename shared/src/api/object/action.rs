use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    id::{AccountId, PostId},
    store::ActionRecord,
};
use platforms::media::WEB_ADDRESS;
use publishing::{Resolution as Found, Status};

/// The result of retrying a post.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Retry<'a> {
    #[schemars(extend("const" = "retry"))]
    object: &'static str,
    post_id: PostId,
    /// The accounts to which the post is sent again.
    account_ids: &'a [AccountId],
    retried_at: DateTime<Utc>,
}

/// The result of resolving a target.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Resolution<'a> {
    #[schemars(extend("const" = "resolution"))]
    object: &'static str,
    post_id: PostId,
    account_id: AccountId,
    /// `published` or `failed`.
    status: Status,
    resolved_at: DateTime<Utc>,
    /// The URL of the published post, as given in the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = WEB_ADDRESS))]
    url: Option<&'a str>,
}

#[must_use]
pub fn retry(post: PostId, action: &ActionRecord) -> Retry<'_> {
    Retry { object: "retry", post_id: post, account_ids: &action.accounts, retried_at: action.at }
}

#[must_use]
pub fn resolution<'a>(
    post: PostId,
    account: AccountId,
    resolution: &'a Found,
    action: &ActionRecord,
) -> Resolution<'a> {
    let (status, url) = match resolution {
        Found::Published { url } => (Status::Published, url.as_deref()),
        Found::NotPublished => (Status::Failed, None),
    };
    Resolution { object: "resolution", post_id: post, account_id: account, status, resolved_at: action.at, url }
}
