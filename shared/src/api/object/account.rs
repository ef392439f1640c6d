use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    account::{self, AccountStatus},
    id::{AccountId, ClientId},
};
use platforms::PlatformId;

/// A social account that a client connected.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Account<'a> {
    #[schemars(extend("const" = "account"))]
    object: &'static str,
    /// An account that is connected again keeps its id.
    id: AccountId,
    client_id: ClientId,
    platform: PlatformId,
    /// The name on the platform. It can pass to another account.
    handle: &'a str,
    display_name: &'a str,
    status: AccountStatus,
    /// When it was first connected.
    connected_at: DateTime<Utc>,
    /// When the authorization expires unless it is renewed. Publishing renews it. Some platforms do not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
    /// Permissions that the customer did not grant. A post that needs one is refused; others go out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_scopes: Vec<&'static str>,
}

#[must_use]
pub fn account(account: &account::Account) -> Account<'_> {
    let spec = platforms::spec(account.platform);
    Account {
        object: "account",
        id: account.id,
        client_id: account.client,
        platform: account.platform,
        handle: &account.handle,
        display_name: &account.display_name,
        status: account.status,
        connected_at: account.connected_at,
        // The authorization of an account that is no longer connected has ended.
        expires_at: account.expires_at.filter(|_| account.status == AccountStatus::Connected),
        missing_scopes: account.abilities.missing(spec, spec.scopes),
    }
}
