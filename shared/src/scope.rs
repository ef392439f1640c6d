//! Scopes: what a credential may do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One permission. The closed list of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "One permission.")]
pub enum Scope {
    #[serde(rename = "clients.read")]
    ClientsRead,
    #[serde(rename = "clients.manage")]
    ClientsManage,
    #[serde(rename = "accounts.read")]
    AccountsRead,
    #[serde(rename = "accounts.connect")]
    AccountsConnect,
    #[serde(rename = "posts.read")]
    PostsRead,
    #[serde(rename = "posts.compose")]
    PostsCompose,
    #[serde(rename = "media.write")]
    MediaWrite,
    #[serde(rename = "keys.manage")]
    KeysManage,
    #[serde(rename = "webhooks.manage")]
    WebhooksManage,
    #[serde(rename = "events.read")]
    EventsRead,
    #[serde(rename = "agency.manage")]
    AgencyManage,
}

impl Scope {
    /// Every scope there is.
    pub const ALL: [Self; 11] = [
        Self::ClientsRead,
        Self::ClientsManage,
        Self::AccountsRead,
        Self::AccountsConnect,
        Self::PostsRead,
        Self::PostsCompose,
        Self::MediaWrite,
        Self::KeysManage,
        Self::WebhooksManage,
        Self::EventsRead,
        Self::AgencyManage,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientsRead => "clients.read",
            Self::ClientsManage => "clients.manage",
            Self::AccountsRead => "accounts.read",
            Self::AccountsConnect => "accounts.connect",
            Self::PostsRead => "posts.read",
            Self::PostsCompose => "posts.compose",
            Self::MediaWrite => "media.write",
            Self::KeysManage => "keys.manage",
            Self::WebhooksManage => "webhooks.manage",
            Self::EventsRead => "events.read",
            Self::AgencyManage => "agency.manage",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_name_is_the_spoken_name() {
        for scope in Scope::ALL {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
        }
    }
}
