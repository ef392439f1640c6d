//! The rules for what is embedded in a post: images, a link card, a quoted record. Other embeds are accepted unseen, since
//! the union is open.

use serde_json::Value;

use super::{post_rules::strong_ref, syntax::is_uri};

const IMAGES: usize = 4;
const IMAGE_BYTES: u64 = 2_000_000;
const THUMB_BYTES: u64 = 1_000_000;

pub(super) fn check(embed: &Value) -> Result<(), String> {
    match embed["$type"].as_str() {
        None => Err("Record/embed must be an object which includes the \"$type\" property".to_owned()),
        Some("app.bsky.embed.images") => images(&embed["images"]),
        Some("app.bsky.embed.external") => external(&embed["external"]),
        Some("app.bsky.embed.record") => strong_ref(&embed["record"], "Record/embed/record"),
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
        blob(&image["image"], IMAGE_BYTES).map_err(|rule| format!("Record/embed/images/{at}/image {rule}"))?;
    }
    Ok(())
}

fn external(external: &Value) -> Result<(), String> {
    let has = |name: &str| external[name].is_string();
    if !external["uri"].as_str().is_some_and(is_uri) || !has("title") || !has("description") {
        return Err("Record/embed/external must have uri, title and description".to_owned());
    }
    match external.get("thumb") {
        Some(thumb) => blob(thumb, THUMB_BYTES).map_err(|rule| format!("Record/embed/external/thumb {rule}")),
        None => Ok(()),
    }
}

fn blob(blob: &Value, largest: u64) -> Result<(), &'static str> {
    if cid_of(blob).is_none() || !blob["mimeType"].as_str().is_some_and(|kind| kind.starts_with("image/")) {
        return Err("should be a blob ref to an image");
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

/// The CIDs of all blobs in a value.
pub(super) fn blobs(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(object) => cid_of(value).into_iter().chain(object.values().flat_map(blobs)).collect(),
        Value::Array(entries) => entries.iter().flat_map(blobs).collect(),
        _ => Vec::new(),
    }
}
