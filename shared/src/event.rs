//! Events: what happened to the things of an agency, as its log keeps it.

mod kind;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

pub use kind::{EventType, Filter};

use crate::id::{ClientId, EventId, KeyId, SubjectId};

/// How long events stay in the log, unless the deployment says otherwise.
pub const KEPT: chrono::Duration = chrono::Duration::days(30);

/// Who caused an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schemars(description = "Who caused the event.")]
pub enum Actor {
    /// A request with an API key.
    #[schemars(title = "KeyActor")]
    Key { id: KeyId },
    /// A request with an access token.
    #[schemars(title = "TokenActor")]
    Token { id: SubjectId },
    /// Onbehalf itself.
    #[schemars(title = "SystemActor")]
    System,
}

/// Who changes something, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    pub actor: Actor,
    pub at: DateTime<Utc>,
}

impl By {
    /// Onbehalf itself.
    #[must_use]
    pub const fn system(at: DateTime<Utc>) -> Self {
        Self { actor: Actor::System, at }
    }
}

/// What happened, without its place in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    #[serde(rename = "type")]
    pub kind: EventType,
    /// Its `data`. Small: ids and what changed, never content. Stored as text, so that it reads the same every time.
    #[serde(serialize_with = "write_text", deserialize_with = "read_text")]
    pub data: Map<String, Value>,
}

fn write_text<S: Serializer>(data: &Map<String, Value>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&serde_json::to_string(data).map_err(serde::ser::Error::custom)?)
}

fn read_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    serde_json::from_str(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub id: EventId,
    pub at: DateTime<Utc>,
    pub actor: Actor,
    pub client: Option<ClientId>,
    pub fact: Fact,
}
