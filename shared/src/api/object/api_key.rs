use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::time;
use crate::{secret::Secret, store::Key};

/// With `secret`, the key itself: for whoever creates it, once.
#[must_use]
pub fn api_key(key: &Key, now: DateTime<Utc>, secret: Option<&Secret>) -> Value {
    let record = &key.record;
    let mut object = json!({
        "object": "api_key",
        "id": key.id,
        "label": record.label,
        "scopes": record.scopes,
        "clientId": record.client,
        "status": key.status(now),
        "createdAt": record.minted.as_ref().map(|minted| time(minted.at)),
        "expiresAt": DateTime::from_timestamp(record.expires_at, 0).map(time),
        "lastUsedOn": record.last_used,
        "mintedBy": record.minted.as_ref().map(|minted| minted.by),
    });
    if let Some(secret) = secret {
        object["key"] = json!(secret.expose());
    }
    object
}
