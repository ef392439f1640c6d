//! A social account that a client connected.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, ClientId, GrantId},
    tenant::Tenant,
};
use platforms::{Abilities, PlatformId};

/// Whether posts can be published to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// Posts can be published to it.
    Connected,
    /// The platform refuses the grant. Posts are held until the customer reconnects the account.
    ReconnectRequired,
    /// Its tokens have been deleted.
    Disconnected,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    pub client: ClientId,
    pub platform: PlatformId,
    pub user_id: String,
    /// As [`platforms::Identity::app_user_id`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_user_id: Option<String>,
    pub handle: String,
    pub display_name: String,
    pub status: AccountStatus,
    pub grant: GrantId,
    pub connected_at: DateTime<Utc>,
    /// When the customer last gave the grant. `None` for an account that was connected before this was stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted_at: Option<DateTime<Utc>>,
    /// When the grant expires, if the platform said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub abilities: Abilities,
}

impl Account {
    /// Whether its grant is not newer than `time`, which a platform gave in whole seconds.
    #[must_use]
    pub fn was_granted_by(&self, time: DateTime<Utc>) -> bool {
        self.granted_at.is_none_or(|granted_at| granted_at.timestamp() <= time.timestamp())
    }

    /// The id of a platform's account under a client. It is derived, so reconnecting finds the same account with its
    /// scheduled posts; the same platform account under another client has another id.
    #[must_use]
    pub fn identify(tenant: Tenant, client: ClientId, platform: PlatformId, user_id: &str) -> AccountId {
        AccountId::derive(&[
            tenant.to_string().as_bytes(),
            client.as_bytes(),
            platform.as_str().as_bytes(),
            user_id.as_bytes(),
        ])
    }
}
