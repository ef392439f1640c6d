use serde_json::{Value, json};

use super::time;
use crate::{
    id::{AccountId, PostId},
    post::Post,
    store::Deed,
    target::{Resolution, State, Target},
};

#[must_use]
pub fn post(post: &Post) -> Value {
    let mut object = json!({
        "object": "post",
        "id": post.id,
        "clientId": post.client,
        "content": post.content,
        "media": post.media,
        "targets": post.targets.iter().map(target).collect::<Vec<_>>(),
        "schedule": post.schedule,
        "status": post.status(),
        "createdAt": time(post.created_at),
    });
    if !post.options.is_empty() {
        object["platformOptions"] = json!(post.options);
    }
    if !post.overrides.is_empty() {
        object["overrides"] = json!(post.overrides);
    }
    if let Some(before) = post.publish_before {
        object["publishBefore"] = json!(time(before));
    }
    object
}

/// What retrying a post did.
#[must_use]
pub fn retry(post: PostId, deed: &Deed) -> Value {
    json!({ "object": "retry", "postId": post, "accountIds": deed.accounts, "retriedAt": time(deed.at) })
}

/// What resolving a target did.
#[must_use]
pub fn resolution(post: PostId, account: AccountId, resolution: &Resolution, deed: &Deed) -> Value {
    let (status, url) = match resolution {
        Resolution::Published { url } => (State::Published, url.as_ref()),
        Resolution::NotPublished => (State::Failed, None),
    };
    let mut object = json!({
        "object": "resolution",
        "postId": post,
        "accountId": account,
        "status": status,
        "resolvedAt": time(deed.at),
    });
    if let Some(url) = url {
        object["url"] = json!(url);
    }
    object
}

fn target(target: &Target) -> Value {
    let mut object = json!({
        "accountId": target.account,
        "platform": target.platform,
        "status": target.state,
        "attempts": target.attempts,
    });
    if let Some(published) = &target.published {
        for (name, value) in [("platformPostId", &published.platform_post_id), ("url", &published.url)] {
            if let Some(value) = value {
                object[name] = json!(value);
            }
        }
    }
    if let Some(fault) = &target.fault {
        object["error"] = json!(fault);
        if let Some(next) = target.next_at {
            object["nextAttemptAt"] = json!(time(next));
        }
    }
    object
}
