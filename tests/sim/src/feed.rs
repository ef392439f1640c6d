//! What the platforms really have: the sandbox's feeds.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    marker::Marker,
    network::{Network, SANDBOX},
    platform,
};

/// A post on a platform.
#[derive(Debug, Clone)]
pub(crate) struct Publication {
    pub(crate) marker: Marker,
    pub(crate) at: DateTime<Utc>,
    /// The description of each of its files, if it has one.
    pub(crate) files: Vec<Option<String>>,
}

/// Every publication, oldest first.
pub(crate) async fn publications(network: &Network) -> Vec<Publication> {
    let mut all = Vec::new();
    for platform in &platform::ALL {
        let platform = platform.id.as_str();
        let request = http::Request::get(format!("{SANDBOX}/feed/{platform}")).header("accept", "application/json");
        let Some(answer) = network.sandbox(request.body(Bytes::new()).expect("a constant request")).await else {
            continue;
        };
        let feed: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let read = |post: &Value| {
            Some(Publication {
                marker: Marker::find(post["text"].as_str()?)?,
                at: post["createdAt"].as_str()?.parse().ok()?,
                files: files(post),
            })
        };
        all.extend(feed["posts"].as_array().into_iter().flatten().filter_map(read));
    }
    all.sort_by_key(|publication| publication.at);
    all
}

/// Bluesky's feed has the record; the others list the media.
fn files(post: &Value) -> Vec<Option<String>> {
    let embed = &post["record"]["embed"];
    let (all, name) = match (&embed["images"], &embed["video"]) {
        (Value::Array(images), _) => (images.as_slice(), "alt"),
        (_, Value::Object(_)) => (std::slice::from_ref(embed), "alt"),
        _ => (post["media"].as_array().map_or(&[] as &[Value], Vec::as_slice), "altText"),
    };
    all.iter().map(|file| file[name].as_str().filter(|text| !text.is_empty()).map(ToOwned::to_owned)).collect()
}
