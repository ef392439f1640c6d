use serde_json::{Value, json};

use super::time;
use crate::account::Account;

#[must_use]
pub fn account(account: &Account) -> Value {
    json!({
        "object": "account",
        "id": account.id,
        "clientId": account.client,
        "platform": account.platform,
        "handle": account.handle,
        "displayName": account.display_name,
        "status": account.status,
        "connectedAt": time(account.connected_at),
    })
}
