//! The state of a post between two steps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::card::Card;
use crate::media::{Facts, Kind};

/// The state between two steps. Key and time never change once they are stored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct State {
    pub(super) rkey: String,
    pub(super) created_at: String,
    pub(super) phase: Phase,
    #[serde(default)]
    pub(super) parts: Parts,
    /// The record of the first attempt, once the server has dropped its files. If that attempt lands late, it is our post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sent: Option<Value>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Phase {
    /// The mentioned handles that are not resolved yet (the last one is next), and the DIDs found so far.
    Resolve { left: Vec<String>, dids: BTreeMap<String, String> },
    /// Read the page of the post's link. `redirects`: followed so far.
    Page { url: String, redirects: u8 },
    /// Ask for the type and the length of the page's picture.
    Picture { url: String, redirects: u8 },
    /// Upload the page's picture.
    Thumb,
    /// Upload the next file to the account's server.
    Upload,
    /// Send the video to the service that processes it.
    Video,
    /// Ask the service for the processed video.
    Job { id: String, polls: usize },
    /// The record is complete. Every attempt sends exactly this record.
    Put { record: Value },
    /// The key is taken: compare the record under it with this one.
    Compare { record: Value },
    /// The post is public: write who may reply to it.
    Gate,
}

/// What the record is made of, apart from the text and the options.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Parts {
    /// The DIDs of the mentioned handles.
    pub(super) dids: BTreeMap<String, String>,
    pub(super) files: Vec<Facts>,
    /// References to the uploaded files, in their order.
    pub(super) blobs: Vec<Value>,
    pub(super) card: Option<Card>,
    /// Whether a video goes to the account's server, because the service did not process it.
    pub(super) unprocessed: bool,
    /// How often the server had dropped the files before the record arrived.
    pub(super) dropped: u8,
}

impl Parts {
    pub(super) fn is_video(&self) -> bool {
        self.files.first().is_some_and(|facts| facts.kind() == Some(Kind::Video))
    }
}
