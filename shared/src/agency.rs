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

use crate::name;

/// An agency's name: 1–200 visible characters. Customers rely on it when they decide whether to connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyName(String);

impl AgencyName {
    const MAX: usize = 200;

    /// # Errors
    /// The broken rule, in words for the caller.
    pub fn parse(text: &str) -> Result<Self, String> {
        name::parse(text, Self::MAX).map(Self)
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
        name::schema(Self::MAX)
    }
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
