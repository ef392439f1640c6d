//! The account's newest posts, and the one among them whose id was lost with an answer.

use chrono::DateTime;
use serde::Deserialize;

use super::{is_id, refusal};
use crate::{Error, Published, Response, Task};

/// How much earlier than our clock says Instagram may date a post.
const CLOCK_SKEW: chrono::Duration = chrono::Duration::seconds(120);

/// The post that this publish made: by its caption and time, since an answer that would have named it was lost.
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
        // Two of the same text: which of them it is, nobody can say.
        _ => Published::default(),
    })
}

/// A platform's reply is data: only an address of its own is passed on.
pub(super) fn address(text: String) -> Option<String> {
    let url: url::Url = text.parse().ok()?;
    matches!(url.scheme(), "https" | "http").then(|| url.into())
}
