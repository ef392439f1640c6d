//! The options of a post for one platform (`platformOptions` in a request), as data.

mod values;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

pub(crate) use values::integer;
pub use values::{Member, Values};

/// The values that an agency set for one platform, by the option's name.
pub type Options = BTreeMap<String, Value>;

/// An option that a platform knows.
#[derive(Debug)]
pub struct PlatformOption {
    /// Its name in a request.
    pub name: &'static str,
    pub values: Values,
    /// Whether every post to this platform must set it.
    pub required: bool,
    /// Scopes that it needs beyond those that every account has.
    pub scopes: &'static [&'static str],
}

/// The JSON Schema of one platform's options.
///
/// `exempting`: [`Adapter::exempting_option`](crate::Adapter::exempting_option).
#[expect(clippy::indexing_slicing, reason = "the value is an object, made here")]
pub(super) fn schema(options: &[PlatformOption], exempting: Option<&str>) -> Value {
    let properties: Map<String, Value> =
        options.iter().map(|option| (option.name.to_owned(), option.values.schema())).collect();
    let required: Vec<_> =
        options.iter().filter(|option| option.required).map(|option| format!("`{}`", option.name)).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        let unless = exempting.map(|flag| format!(", unless `{flag}` is true")).unwrap_or_default();
        schema["description"] = json!(format!("A post to it must say {}{unless}.", required.join(", ")));
    }
    schema
}
