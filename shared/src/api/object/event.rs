use std::borrow::Cow;

use chrono::{DateTime, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    event::{self, Actor, EventType},
    id::{AgencyId, ClientId, EventId},
    tenant::{Mode, Tenant},
};

/// Something that happened.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event<'a> {
    #[schemars(extend("const" = "event"))]
    object: &'static str,
    /// Stable: the same event has the same id wherever it is read.
    id: EventId,
    #[serde(rename = "type")]
    kind: EventType,
    /// When it happened.
    created_at: DateTime<Utc>,
    agency_id: AgencyId,
    mode: Mode,
    actor: Actor,
    /// The client whose thing it happened to.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<ClientId>,
    /// Ids, and what changed. An event of a post has `postId`, `status`, `scheduledAt` if it has one, and `changed` after an edit. An
    /// event of a target has also `accountId`, `platform`, and `platformPostId`, `url` and `publishedAt`, or `error`.
    data: &'a Map<String, Value>,
}

#[must_use]
pub const fn event(tenant: Tenant, event: &event::Event) -> Event<'_> {
    Event {
        object: "event",
        id: event.id,
        kind: event.fact.kind,
        created_at: event.at,
        agency_id: tenant.agency,
        mode: tenant.mode,
        actor: event.actor,
        client_id: event.client,
        data: &event.fact.data,
    }
}

/// The `types` parameter's schema.
pub struct EventTypes;

impl JsonSchema for EventTypes {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "EventTypes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": 1000 })
    }
}
