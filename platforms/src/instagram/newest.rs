//! Finds a published post among the account's newest ones, after the response with its id was lost.

use chrono::DateTime;
use serde::Deserialize;

use super::{graph::is_id, refusal};
use crate::{Error, Published, Response, Task};

/// How far Instagram's clock may be behind ours.
const CLOCK_SKEW: chrono::Duration = chrono::Duration::seconds(120);

/// The post with the published caption and a matching time.
pub(super) fn newest(task: &Task, answer: &Response) -> Result<Published, Error> {
    #[derive(Deserialize)]
    struct Listing {
        data: Vec<Post>,
    }
    #[derive(Deserialize)]
    struct Post {
        id: String,
        #[serde(default)]
        caption: String,
        timestamp: String,
        permalink: Option<String>,
    }
    let listing: Listing = refusal::body(answer)?;
    let since = task.sent_at.map(|sent_at| sent_at - CLOCK_SKEW);
    let recent = |post: &Post| {
        let at = DateTime::parse_from_str(&post.timestamp, "%Y-%m-%dT%H:%M:%S%z");
        at.is_ok_and(|at| since.is_none_or(|since| at >= since))
    };
    let mut same = listing.data.into_iter().filter(|post| post.caption.trim() == task.content.trim() && recent(post));
    Ok(match (same.next(), same.next()) {
        (Some(post), None) if is_id(&post.id) => {
            Published { platform_post_id: Some(post.id), url: post.permalink.and_then(address) }
        }
        // Several posts have the same caption: the id stays unknown.
        _ => Published::default(),
    })
}

/// A post's address, if it is a web address. The text comes from the platform and is not trusted.
pub(super) fn address(text: String) -> Option<String> {
    let url: url::Url = text.parse().ok()?;
    matches!(url.scheme(), "https" | "http").then(|| url.into())
}
