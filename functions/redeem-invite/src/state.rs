//! The `state` parameter of an attempt: sealed, and carried through the browser and the platform.

use chrono::{DateTime, Duration, Utc};
use platforms::PlatformId;
use serde::{Deserialize, Serialize};
use shared::{
    id::{AttemptId, InviteId},
    oauth::discovery::Subject,
    secrets::LinkKeys,
};

/// How long an attempt may take.
pub(super) const LIFETIME: Duration = Duration::minutes(10);

/// The serialized names are short: some platforms accept at most 500 characters.
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
    /// The digest of the attempt's cookie.
    #[serde(rename = "c")]
    pub(super) cookie: String,
    /// The account and its server, where they were discovered.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<Subject>,
    /// The version of the client key that the attempt was started with.
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
        #[expect(clippy::expect_used, reason = "ids and texts serialize")]
        keys.seal_state(&serde_json::to_vec(self).expect("ids and texts serialize"))
    }

    /// Opens a sealed state. Also returns the version of the secret that sealed it.
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
    fn a_state_has_at_most_500_characters() {
        let keys = LinkKeys::parse(&format!(r#"{{"1":"{}"}}"#, "s".repeat(32))).unwrap();
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let state = State::new(InviteId::random(), PlatformId::X, super::super::cookie::digest("c"), None, None, now);
        assert!(state.seal(&keys).len() <= 500);
        assert!(!state.is_expired(now + LIFETIME - Duration::seconds(1)));
        assert!(state.is_expired(now + LIFETIME));
    }
}
