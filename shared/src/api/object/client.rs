use serde_json::{Value, json};

use super::time;
use crate::client::Client;

#[must_use]
pub fn client(client: &Client) -> Value {
    json!({
        "object": "client",
        "id": client.id,
        "name": client.name,
        "type": client.kind,
        "createdAt": time(client.created_at),
    })
}
