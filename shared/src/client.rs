//! A client: a customer of an agency, for whom it posts.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::id::ClientId;

/// What kind of customer it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
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
    /// The sentence that says what is wrong with the name.
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
    fn a_name_is_trimmed_and_composed() {
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
