//! An agency's settings in one mode: what its customers see on the connect page, and where they may be sent back to.

mod color;
mod logo;
mod return_url;

use chrono::{DateTime, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

pub use color::Color;
pub use logo::{Format, Logo, LogoFile};
pub use return_url::ReturnUrl;

use crate::client::{ClientName, name_schema};

/// An agency's name: the rules of a client's name, and no bidirectional control characters, because customers rely on
/// it when they decide whether to connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyName(String);

impl AgencyName {
    /// # Errors
    /// The broken rule, in words for the caller.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let name = ClientName::parse(text)?;
        if name.as_str().contains(is_disguise) {
            return Err("must not contain bidirectional control characters or line separators");
        }
        Ok(Self(name.as_str().to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl JsonSchema for AgencyName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AgencyName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        name_schema(ClientName::MAX, DISGUISES)
    }
}

/// The characters of [`is_disguise`], as the inside of a regular expression's character class.
const DISGUISES: &str = r"\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069";

/// Invisible characters that change how the text around them reads.
const fn is_disguise(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Requests per clock hour, shared by all keys of an agency's mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    #[serde(rename = "read_limit")]
    pub reads: u32,
    #[serde(rename = "write_limit")]
    pub writes: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { reads: 60, writes: 30 }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// Names set through the API have passed [`AgencyName::parse`]; the operator's may be any text.
    pub name: String,
    pub limits: Limits,
    pub color: Option<Color>,
    pub logo: Option<Logo>,
    /// At most [`Self::MAX_RETURN_URLS`].
    pub return_urls: Vec<ReturnUrl>,
    /// Access tokens issued before this time are revoked.
    pub tokens_not_before: Option<DateTime<Utc>>,
}

impl Agency {
    pub const MAX_RETURN_URLS: usize = 10;

    /// Whether a customer may be sent to `url`: its origin is on the agency's list.
    #[must_use]
    pub fn allows(&self, url: &ReturnUrl) -> bool {
        self.return_urls.iter().any(|listed| listed.has_origin_of(url))
    }
}

/// A partial update: `None` keeps a field, `Some(None)` removes it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AgencyChange {
    pub name: Option<AgencyName>,
    pub color: Option<Option<Color>>,
    pub logo: Option<Option<LogoFile>>,
    pub return_urls: Option<Vec<ReturnUrl>>,
    /// Must not be earlier than the stored time.
    pub tokens_not_before: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agency_name_is_a_client_name_without_invisible_characters() {
        assert_eq!(AgencyName::parse("  Cafe\u{301} ").unwrap().as_str(), "Caf\u{e9}");
        for name in ["סוכנות הדוגמה", "وكالة", "Agence & Fils", "代理店 🚗", &"é".repeat(200)] {
            assert_eq!(AgencyName::parse(name).unwrap().as_str(), name);
        }
        for c in "\u{61c}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{0}\u{7}\u{1b}\u{7f}\u{85}".chars() {
            assert!(AgencyName::parse(&format!("a{c}b")).is_err(), "{}", c.escape_unicode());
        }
        assert!(AgencyName::parse(" ").is_err());
        assert!(AgencyName::parse(&"é".repeat(201)).is_err());
    }
}
