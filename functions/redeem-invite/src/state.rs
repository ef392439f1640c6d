//! What an attempt carries through the platform and the browser, sealed.

use chrono::{DateTime, Duration, Utc};
use platforms::PlatformId;
use serde::{Deserialize, Serialize};
use shared::{
    id::{AttemptId, InviteId},
    oauth::discovery::Subject,
    secrets::LinkKeys,
};

/// How long a customer may take at the platform.
pub(super) const LIFETIME: Duration = Duration::minutes(10);

/// Short names: X accepts at most 500 characters of state.
#[derive(Serialize, Deserialize)]
pub(super) struct State {
    #[serde(rename = "a")]
    pub(super) attempt: AttemptId,
    #[serde(rename = "i")]
    pub(super) invite: InviteId,
    #[serde(rename = "p")]
    pub(super) platform: PlatformId,
    /// Epoch seconds.
    #[serde(rename = "e")]
    expires_at: i64,
    /// The cookie's digest.
    #[serde(rename = "c")]
    pub(super) cookie: String,
    /// Whom it was begun with, and at which server.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<Subject>,
    /// The version of the client key that it was begun with.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub(super) client_key: Option<u8>,
}

impl State {
    pub(super) fn new(
        invite: InviteId,
        platform: PlatformId,
        cookie: String,
        subject: Option<Subject>,
        client_key: Option<u8>,
        now: DateTime<Utc>,
    ) -> Self {
        let expires_at = (now + LIFETIME).timestamp();
        Self { attempt: AttemptId::random(), invite, platform, expires_at, cookie, subject, client_key }
    }

    pub(super) fn seal(&self, keys: &LinkKeys) -> String {
        keys.seal_state(&serde_json::to_vec(self).expect("ids and texts serialize"))
    }

    /// The state and the version of the secret that sealed it.
    pub(super) fn open(keys: &LinkKeys, sealed: &str) -> Option<(u8, Self)> {
        let (version, plain) = keys.open_state(sealed)?;
        Some((version, serde_json::from_slice(&plain).ok()?))
    }

    pub(super) fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires_at <= now.timestamp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_for_x_fits() {
        let keys = LinkKeys::parse(&format!(r#"{{"1":"{}"}}"#, "s".repeat(32))).unwrap();
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let state = State::new(InviteId::random(), PlatformId::X, super::super::cookie::digest("c"), None, None, now);
        assert!(state.seal(&keys).len() <= 500);
        assert!(!state.is_expired(now + LIFETIME - Duration::seconds(1)));
        assert!(state.is_expired(now + LIFETIME));
    }
}
