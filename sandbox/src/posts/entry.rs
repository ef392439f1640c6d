//! What the feeds show of a post, whatever its network.

use chrono::{DateTime, Utc};
use maud::Markup;
use serde_json::Value;

pub(crate) struct FeedEntry {
    pub(crate) username: &'static str,
    pub(crate) id: String,
    /// The text as the app sent it.
    pub(crate) text: String,
    pub(crate) created_at: DateTime<Utc>,
    /// The path of the post's own page.
    pub(crate) path: String,
    /// Text and media, as pages show them.
    pub(crate) content: Markup,
    /// Shown beside the id.
    pub(crate) remark: Option<String>,
    /// A JSON object with the further fields of the JSON feed.
    pub(crate) details: Value,
}
