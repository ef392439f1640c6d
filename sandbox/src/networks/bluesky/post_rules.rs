//! The rules for a record of `app.bsky.feed.post`, from its lexicon. The errors are the reasons in the server's message.

use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation;

use super::{
    cid::is_cid,
    embed_rules,
    syntax::{is_datetime, is_did, is_uri},
};

pub(super) const POST: &str = "app.bsky.feed.post";

const TEXT_BYTES: usize = 3000;
const TEXT_GRAPHEMES: usize = 300;
const TAG_BYTES: usize = 640;
const TAG_GRAPHEMES: usize = 64;
const LANGS: usize = 3;
const TAGS: usize = 8;
const LABELS: usize = 10;
const LABEL_BYTES: usize = 128;

pub(super) fn check(record: &Value) -> Result<(), String> {
    let Some(text) = record["text"].as_str() else {
        return Err("Record must have the property \"text\"".to_owned());
    };
    within(text, "Record/text", TEXT_BYTES, TEXT_GRAPHEMES)?;
    match record.get("createdAt").map(Value::as_str) {
        None => return Err("Record must have the property \"createdAt\"".to_owned()),
        Some(Some(time)) if is_datetime(time) => {}
        Some(_) => {
            return Err("Record/createdAt must be an valid atproto datetime (both RFC-3339 and ISO-8601)".to_owned());
        }
    }
    for (at, facet) in list(record, "facets", usize::MAX)?.iter().enumerate() {
        check_facet(facet, text).map_err(|rule| format!("Record/facets/{at} {rule}"))?;
    }
    for lang in list(record, "langs", LANGS)? {
        let is_language = |lang: &str| {
            lang.split('-').all(|part| matches!(part.len(), 1..=8) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
        };
        if !lang.as_str().is_some_and(is_language) {
            return Err("Record/langs must be well-formed BCP 47 language tags".to_owned());
        }
    }
    for tag in list(record, "tags", TAGS)? {
        within(tag.as_str().ok_or("Record/tags must be strings")?, "Record/tags", TAG_BYTES, TAG_GRAPHEMES)?;
    }
    if let Some(reply) = record.get("reply") {
        ["root", "parent"].iter().try_for_each(|name| strong_ref(&reply[name], &format!("Record/reply/{name}")))?;
    }
    if let Some(labels) = record.get("labels") {
        check_labels(labels)?;
    }
    match record.get("embed") {
        Some(embed) => embed_rules::check(embed),
        None => Ok(()),
    }
}

/// Labels that the author gives the post. The union is open.
fn check_labels(labels: &Value) -> Result<(), String> {
    match labels["$type"].as_str() {
        None => Err("Record/labels must be an object which includes the \"$type\" property".to_owned()),
        Some("com.atproto.label.defs#selfLabels") => {
            let values = labels["values"].as_array().filter(|values| values.len() <= LABELS);
            let is_label = |label: &Value| label["val"].as_str().is_some_and(|value| value.len() <= LABEL_BYTES);
            match values {
                Some(values) if values.iter().all(is_label) => Ok(()),
                _ => Err(format!("Record/labels/values must be an array of not more than {LABELS} labels")),
            }
        }
        Some(_) => Ok(()),
    }
}

/// Checks a string by its length in bytes and in graphemes.
pub(super) fn within(text: &str, path: &str, bytes: usize, graphemes: usize) -> Result<(), String> {
    if text.len() > bytes {
        return Err(format!("{path} must not be longer than {bytes} characters"));
    }
    if text.graphemes(true).count() > graphemes {
        return Err(format!("{path} must not be longer than {graphemes} graphemes"));
    }
    Ok(())
}

/// The entries of an optional list.
fn list<'a>(record: &'a Value, name: &str, most: usize) -> Result<&'a [Value], String> {
    match record.get(name) {
        None => Ok(&[]),
        Some(Value::Array(entries)) if entries.len() <= most => Ok(entries),
        Some(Value::Array(_)) => Err(format!("Record/{name} must not have more than {most} elements")),
        Some(_) => Err(format!("Record/{name} must be an array")),
    }
}

/// A reference to a version of a record.
pub(super) fn strong_ref(value: &Value, path: &str) -> Result<(), String> {
    let is_uri = value["uri"].as_str().is_some_and(|uri| uri.starts_with("at://"));
    let is_cid = value["cid"].as_str().is_some_and(is_cid);
    if is_uri && is_cid { Ok(()) } else { Err(format!("{path} must have an at-uri and a cid")) }
}

/// A facet marks bytes of the text. The lexicon does not compare them with the text; here they must be whole characters of
/// it, because the apps do not show other facets.
fn check_facet(facet: &Value, text: &str) -> Result<(), &'static str> {
    let offset = |name: &str| facet["index"][name].as_u64().and_then(|offset| usize::try_from(offset).ok());
    let (Some(start), Some(end)) = (offset("byteStart"), offset("byteEnd")) else {
        return Err("must have an index with byteStart and byteEnd of at least 0");
    };
    if start >= end || text.get(start..end).is_none() {
        return Err("must mark whole characters of the text");
    }
    let Some(features) = facet["features"].as_array() else {
        return Err("must have the property \"features\"");
    };
    features.iter().try_for_each(check_feature)
}

/// The union of features is open: an unknown type is accepted.
fn check_feature(feature: &Value) -> Result<(), &'static str> {
    let text = |name: &str| feature[name].as_str();
    match text("$type") {
        None => Err("must have features with a \"$type\""),
        Some("app.bsky.richtext.facet#mention") if !text("did").is_some_and(is_did) => Err("did must be a valid did"),
        Some("app.bsky.richtext.facet#link") if !text("uri").is_some_and(is_uri) => Err("uri must be a uri"),
        Some("app.bsky.richtext.facet#tag")
            if text("tag").is_none_or(|tag| within(tag, "", TAG_BYTES, TAG_GRAPHEMES).is_err()) =>
        {
            Err("tag must not be longer than 64 graphemes")
        }
        Some(_) => Ok(()),
    }
}
