use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    client::{self, ClientName, ClientType},
    id::ClientId,
};

/// A customer of the agency, for whom it posts.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Client<'a> {
    #[schemars(extend("const" = "client"))]
    object: &'static str,
    id: ClientId,
    name: &'a ClientName,
    #[serde(rename = "type")]
    kind: ClientType,
    created_at: DateTime<Utc>,
}

#[must_use]
pub fn client(client: &client::Client) -> Client<'_> {
    Client { object: "client", id: client.id, name: &client.name, kind: client.kind, created_at: client.created_at }
}
