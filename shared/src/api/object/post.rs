use serde_json::{Value, json};

use super::time;
use crate::{post::Post, target::Target};

#[must_use]
pub fn post(post: &Post) -> Value {
    let mut object = json!({
        "object": "post",
        "id": post.id,
        "clientId": post.client,
        "content": post.content,
        "targets": post.targets.iter().map(target).collect::<Vec<_>>(),
        "schedule": post.schedule,
        "status": post.status(),
        "createdAt": time(post.created_at),
    });
    if let Some(before) = post.publish_before {
        object["publishBefore"] = json!(time(before));
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
        object["platformPostId"] = json!(published.platform_post_id);
        object["url"] = json!(published.url);
    }
    if let Some(fault) = &target.fault {
        object["error"] = json!(fault);
    }
    object
}
