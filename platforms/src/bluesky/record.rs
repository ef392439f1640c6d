//! The records: a post, and who may reply to it.
//! <https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json>

use serde_json::{Value, json};

use super::{facets, state::Parts};
use crate::{
    Options,
    media::{Facts, Media},
};

pub(super) const POST: &str = "app.bsky.feed.post";
pub(super) const THREADGATE: &str = "app.bsky.feed.threadgate";

/// The languages of a post, by the lexicon.
pub(super) const MAX_LANGUAGES: usize = 3;
/// The labels that an author gives a post. <https://docs.bsky.app/docs/advanced-guides/moderation#self-labels>
pub(super) const LABELS: [&str; 4] = ["sexual", "nudity", "porn", "graphic-media"];
/// Who may reply.
pub(super) const REPLY_CONTROLS: [&str; 5] = ["everybody", "nobody", "mentioned", "following", "followers"];

/// What the agency wrote.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) content: &'a str,
    pub(super) media: &'a [Media],
    pub(super) options: &'a Options,
}

#[expect(clippy::indexing_slicing, reason = "the value is an object, made here")]
pub(super) fn post(written: Written, created_at: &str, parts: &Parts) -> Value {
    let Written { content, media, options } = written;
    let mut record = json!({ "$type": POST, "text": content, "createdAt": created_at });
    let facets: Vec<Value> = facets::detect(content).iter().filter_map(|facet| facet.to_json(&parts.dids)).collect();
    if !facets.is_empty() {
        record["facets"] = facets.into();
    }
    if let Some(embed) = embed(media, parts) {
        record["embed"] = embed;
    }
    if let Some(languages) = listed(options, "languages") {
        record["langs"] = languages.clone().into();
    }
    if let Some(labels) = listed(options, "labels") {
        let values: Vec<Value> = labels.iter().map(|label| json!({ "val": label })).collect();
        record["labels"] = json!({ "$type": "com.atproto.label.defs#selfLabels", "values": values });
    }
    record
}

fn listed<'a>(options: &'a Options, name: &str) -> Option<&'a Vec<Value>> {
    options.get(name).and_then(Value::as_array).filter(|values| !values.is_empty())
}

#[expect(clippy::indexing_slicing, reason = "the values are objects, made here")]
fn embed(media: &[Media], parts: &Parts) -> Option<Value> {
    let files = parts.files.iter().zip(&parts.blobs).enumerate().map(|(n, (facts, blob))| {
        let alt = media.get(n).and_then(|media| media.alt_text.as_deref()).unwrap_or_default();
        (facts, blob, alt)
    });
    if parts.is_video() {
        let (facts, blob, alt) = files.into_iter().next()?;
        let mut embed = json!({ "$type": "app.bsky.embed.video", "video": blob });
        if !alt.is_empty() {
            embed["alt"] = json!(alt);
        }
        shape(&mut embed, facts);
        return Some(embed);
    }
    let images: Vec<Value> = files
        .map(|(facts, blob, alt)| {
            let mut image = json!({ "image": blob, "alt": alt });
            shape(&mut image, facts);
            image
        })
        .collect();
    if !images.is_empty() {
        return Some(json!({ "$type": "app.bsky.embed.images", "images": images }));
    }
    Some(json!({ "$type": "app.bsky.embed.external", "external": parts.card.as_ref()?.to_json() }))
}

fn shape(embedded: &mut Value, facts: &Facts) {
    if let Some((width @ 1.., height @ 1..)) = facts.pixels {
        embedded["aspectRatio"] = json!({ "width": width, "height": height });
    }
}

/// The record that limits the replies to the post `uri`; `None` if everybody may reply.
/// <https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/threadgate.json>
pub(super) fn threadgate(options: &Options, uri: &str, created_at: &str) -> Option<Value> {
    let rules: &[&str] = match options.get("replyControl").and_then(Value::as_str)? {
        "nobody" => &[],
        "mentioned" => &["mentionRule"],
        "following" => &["followingRule"],
        "followers" => &["followerRule"],
        _ => return None,
    };
    let allow: Vec<Value> = rules.iter().map(|rule| json!({ "$type": format!("{THREADGATE}#{rule}") })).collect();
    Some(json!({ "$type": THREADGATE, "post": uri, "allow": allow, "createdAt": created_at }))
}
