//! Every parser of text from outside, behind the public function that leads to it.

mod callers;
mod media;
mod posts;
mod servers;

use serde_json::{Map, Value, json};
use shared::composition::Composition;

pub(super) struct Parser {
    pub(super) name: &'static str,
    /// What its syntax is made of.
    pub(super) own: &'static [&'static str],
    /// What it accepts, or nearly.
    pub(super) valid: &'static str,
    pub(super) parse: fn(&str),
}

pub(super) fn all() -> impl Iterator<Item = &'static Parser> {
    [posts::LIST, media::LIST, callers::LIST, servers::LIST].into_iter().flatten()
}

/// Reads a body with as many fields as `text` has bytes. Their names are what matters, not the text.
pub(super) fn read_fields(text: &str) {
    let members =
        |value: Value| -> Map<String, Value> { (0..text.len()).map(|n| (n.to_string(), value.clone())).collect() };
    let _ = Composition::read(json!({ "overrides": members(json!(1)), "platformOptions": members(json!(1)) }));
    let _ = Composition::read(Value::Object(members(json!(1))));
}
