//! The rules for what is embedded in a post: images, a video, a link card, a quoted record, or a quoted record with one of
//! the others. Other embeds are accepted unseen, since the union is open.

use serde_json::Value;

use super::{
    post_rules::{strong_ref, within},
    syntax::is_uri,
};

const IMAGES: usize = 4;
const IMAGE_BYTES: u64 = 2_000_000;
const THUMB_BYTES: u64 = 1_000_000;
const VIDEO_BYTES: u64 = 300_000_000;
const VIDEO_ALT_BYTES: usize = 10_000;
const VIDEO_ALT_GRAPHEMES: usize = 1_000;

pub(super) fn check(embed: &Value) -> Result<(), String> {
    match embed["$type"].as_str() {
        None => Err("Record/embed must be an object which includes the \"$type\" property".to_owned()),
        Some("app.bsky.embed.images") => images(&embed["images"]),
        Some("app.bsky.embed.external") => external(&embed["external"]),
        Some("app.bsky.embed.video") => video(embed),
        Some("app.bsky.embed.record") => strong_ref(&embed["record"], "Record/embed/record"),
        Some("app.bsky.embed.recordWithMedia") => {
            strong_ref(&embed["record"]["record"], "Record/embed/record/record")?;
            let is_media = ["images", "video", "external"].map(|name| format!("app.bsky.embed.{name}"));
            match embed["media"]["$type"].as_str() {
                Some(kind) if is_media.iter().any(|media| media == kind) => check(&embed["media"]),
                Some(_) => Ok(()),
                None => Err("Record/embed/media must be an object which includes the \"$type\" property".to_owned()),
            }
        }
        Some(_) => Ok(()),
    }
}

fn images(images: &Value) -> Result<(), String> {
    let Some(images) = images.as_array().filter(|images| images.len() <= IMAGES) else {
        return Err(format!("Record/embed/images must be an array of not more than {IMAGES} elements"));
    };
    for (at, image) in images.iter().enumerate() {
        if !image["alt"].is_string() {
            return Err(format!("Record/embed/images/{at} must have the property \"alt\""));
        }
        let path = format!("Record/embed/images/{at}");
        blob(&image["image"], "image/", IMAGE_BYTES).map_err(|rule| format!("{path}/image {rule}"))?;
        aspect_ratio(image.get("aspectRatio"), &path)?;
    }
    Ok(())
}

fn video(embed: &Value) -> Result<(), String> {
    blob(&embed["video"], "video/mp4", VIDEO_BYTES).map_err(|rule| format!("Record/embed/video {rule}"))?;
    match embed.get("alt").map(Value::as_str) {
        None => {}
        Some(Some(alt)) => within(alt, "Record/embed/alt", VIDEO_ALT_BYTES, VIDEO_ALT_GRAPHEMES)?,
        Some(None) => return Err("Record/embed/alt must be a string".to_owned()),
    }
    aspect_ratio(embed.get("aspectRatio"), "Record/embed")
}

fn aspect_ratio(ratio: Option<&Value>, path: &str) -> Result<(), String> {
    let is_length = |length: &Value| length.as_u64().is_some_and(|length| length >= 1);
    match ratio {
        Some(ratio) if !is_length(&ratio["width"]) || !is_length(&ratio["height"]) => {
            Err(format!("{path}/aspectRatio must have a width and a height of at least 1"))
        }
        _ => Ok(()),
    }
}

fn external(external: &Value) -> Result<(), String> {
    let has = |name: &str| external[name].is_string();
    if !external["uri"].as_str().is_some_and(is_uri) || !has("title") || !has("description") {
        return Err("Record/embed/external must have uri, title and description".to_owned());
    }
    match external.get("thumb") {
        Some(thumb) => blob(thumb, "image/", THUMB_BYTES).map_err(|rule| format!("Record/embed/external/thumb {rule}")),
        None => Ok(()),
    }
}

fn blob(blob: &Value, kind: &str, largest: u64) -> Result<(), &'static str> {
    if cid_of(blob).is_none() || !blob["mimeType"].as_str().is_some_and(|known| known.starts_with(kind)) {
        return Err("should be a blob ref to a file of a type that the lexicon accepts");
    }
    if blob["size"].as_u64().is_none_or(|size| size > largest) {
        return Err("is larger than the lexicon allows");
    }
    Ok(())
}

/// The CID of a blob, if the value is a reference to one.
fn cid_of(value: &Value) -> Option<&str> {
    (value["$type"] == "blob").then(|| value["ref"]["$link"].as_str())?
}

/// The references to blobs in a value, each with its CID.
pub(super) fn blobs(value: &Value) -> Vec<(&str, &Value)> {
    match value {
        Value::Object(object) => {
            cid_of(value).map(|cid| (cid, value)).into_iter().chain(object.values().flat_map(blobs)).collect()
        }
        Value::Array(entries) => entries.iter().flat_map(blobs).collect(),
        _ => Vec::new(),
    }
}
