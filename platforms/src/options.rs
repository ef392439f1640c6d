//! What an agency may or must say about a post for one platform alone (`platformOptions`), as data.

use std::{collections::BTreeMap, fmt};

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::PlatformId;

/// What the agency said about a post for one platform, by the option's name.
pub type Options = BTreeMap<String, Value>;

/// One such thing.
#[derive(Debug)]
pub struct PlatformOption {
    /// As it stands in the request.
    pub name: &'static str,
    pub values: Values,
    /// Whether a post to this platform must say it.
    pub required: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    OneOf(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
}

impl Values {
    fn schema(self) -> Value {
        match self {
            Self::OneOf(names) => json!({ "type": "string", "enum": names }),
            Self::Flag => json!({ "type": "boolean" }),
        }
    }

    /// # Errors
    /// The sentence that says what may stand here.
    pub fn check(self, value: &serde_json::Value) -> Result<(), String> {
        match self {
            Self::OneOf(names) if value.as_str().is_some_and(|text| names.contains(&text)) => Ok(()),
            Self::Flag if value.is_boolean() => Ok(()),
            _ => Err(self.to_string()),
        }
    }
}

/// What there is to say, by platform.
pub fn all_options(_: &mut SchemaGenerator) -> Schema {
    let platforms: Map<String, Value> = PlatformId::ALL
        .into_iter()
        .map(|platform| {
            let options = crate::spec(platform).options;
            let properties: Map<String, Value> =
                options.iter().map(|option| (option.name.to_owned(), option.values.schema())).collect();
            let required: Vec<_> =
                options.iter().filter(|option| option.required).map(|option| format!("`{}`", option.name)).collect();
            let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
            if !required.is_empty() {
                schema["description"] = json!(format!("A post to it must say {}.", required.join(", ")));
            }
            (platform.as_str().to_owned(), schema)
        })
        .collect();
    json_schema!({ "type": "object", "properties": platforms, "additionalProperties": false })
}

impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneOf(names) => write!(f, "must be one of {}", names.join(", ")),
            Self::Flag => f.write_str("must be true or false"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_that_the_platform_knows() {
        let names = Values::OneOf(&["a", "b"]);
        assert_eq!(names.check(&json!("b")), Ok(()));
        assert_eq!(names.check(&json!("c")), Err("must be one of a, b".into()));
        assert!(names.check(&json!(1)).is_err());
        assert_eq!(Values::Flag.check(&json!(false)), Ok(()));
        assert_eq!(Values::Flag.check(&json!("true")), Err("must be true or false".into()));
    }
}
