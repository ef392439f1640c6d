//! A client: a customer of an agency, on whose behalf the agency posts.

use chrono::{DateTime, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use crate::{id::ClientId, name};

/// What kind of customer it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClientType {
    #[default]
    Brand,
    Person,
    Organization,
}

/// A client's name: 1–200 visible characters after trimming and Unicode normalization (NFC).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientName(String);

impl ClientName {
    pub const MAX: usize = 200;

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

impl JsonSchema for ClientName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ClientName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        name::schema(Self::MAX)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub id: ClientId,
    pub name: ClientName,
    pub kind: ClientType,
    pub created_at: DateTime<Utc>,
}
