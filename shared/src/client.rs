//! A client: a customer of an agency, on whose behalf the agency posts.

use chrono::{DateTime, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::id::ClientId;

/// What kind of customer it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClientType {
    #[default]
    Brand,
    Person,
    Organization,
}

/// A client's name: 1–200 characters after trimming and Unicode normalization (NFC), no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientName(String);

impl ClientName {
    pub const MAX: usize = 200;

    /// # Errors
    /// The broken rule, in words for the caller.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let name: String = text.trim().nfc().collect();
        match name.chars().count() {
            0 => Err("must not be empty"),
            1..=Self::MAX if name.chars().any(char::is_control) => Err("must not contain control characters"),
            1..=Self::MAX => Ok(Self(name)),
            _ => Err("must have at most 200 characters"),
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl JsonSchema for ClientName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ClientName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        name_schema(Self::MAX, "")
    }
}

/// The schema of a name: surrounding spaces are trimmed and do not count, and control characters and `also` (the inside
/// of a character class) are excluded. Whitespace is spelled out because regular expression engines differ in `\s`. A
/// schema cannot express NFC: characters that it composes or decomposes are counted here as sent.
#[must_use]
pub(crate) fn name_schema(max: usize, also: &str) -> Schema {
    const SPACES: &str = r"\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";
    let within = format!(r"\u0000-\u001f\u007f-\u009f{also}");
    let between = max - 2;
    json_schema!({
        "type": "string",
        "description": format!("1 to {max} characters after trimming and Unicode normalization (NFC)."),
        "minLength": 1,
        "pattern":
            format!("^[{SPACES}]*[^{SPACES}{within}]([^{within}]{{0,{between}}}[^{SPACES}{within}])?[{SPACES}]*$"),
    })
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub id: ClientId,
    pub name: ClientName,
    pub kind: ClientType,
    pub created_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_normalized() {
        assert_eq!(ClientName::parse("  Cafe\u{301} ").unwrap().as_str(), "Caf\u{e9}");
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(ClientName::parse(&"é".repeat(200)).is_ok());
        assert!(ClientName::parse(&"é".repeat(201)).is_err());
        assert!(ClientName::parse(" \t ").is_err());
        assert!(ClientName::parse("a\u{0}b").is_err());
    }
}
