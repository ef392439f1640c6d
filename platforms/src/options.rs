//! The options of a post for one platform (`platformOptions` in a request), as data.

use std::{collections::BTreeMap, fmt};

use serde_json::{Map, Value, json};

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

/// The values that an option accepts.
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
    /// The value is not accepted; the text says which values are.
    pub fn check(self, value: &Value) -> Result<(), String> {
        match self {
            Self::OneOf(names) if value.as_str().is_some_and(|text| names.contains(&text)) => Ok(()),
            Self::Flag if value.is_boolean() => Ok(()),
            _ => Err(self.to_string()),
        }
    }
}

impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneOf(names) => write!(f, "must be one of {}", names.join(", ")),
            Self::Flag => f.write_str("must be true or false"),
        }
    }
}

/// The JSON Schema of one platform's options.
#[expect(clippy::indexing_slicing, reason = "the value is an object, made here")]
pub(super) fn schema(options: &[PlatformOption]) -> Value {
    let properties: Map<String, Value> =
        options.iter().map(|option| (option.name.to_owned(), option.values.schema())).collect();
    let required: Vec<_> =
        options.iter().filter(|option| option.required).map(|option| format!("`{}`", option.name)).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["description"] = json!(format!("A post to it must say {}.", required.join(", ")));
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_must_be_one_that_the_platform_knows() {
        let names = Values::OneOf(&["a", "b"]);
        assert_eq!(names.check(&json!("b")), Ok(()));
        assert_eq!(names.check(&json!("c")), Err("must be one of a, b".into()));
        assert!(names.check(&json!(1)).is_err());
        assert_eq!(Values::Flag.check(&json!(false)), Ok(()));
        assert_eq!(Values::Flag.check(&json!("true")), Err("must be true or false".into()));
    }
}
