//! The tokens of a grant. They leave this process only encrypted.

use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use url::Url;

use super::dpop::DpopKey;
use crate::secret::Secret;

/// The tokens of one grant and what is needed to use them.
#[derive(Clone)]
pub struct Tokens {
    pub access: Secret,
    pub refresh: Option<Secret>,
    /// When the access token expires; `None` if the server did not say.
    pub expires_at: Option<DateTime<Utc>>,
    /// When the grant expires unless it is refreshed; `None` if the platform did not say.
    pub grant_ends: Option<DateTime<Utc>>,
    /// The client id of the grant. A refresh must use the same.
    pub app: String,
    /// Set for grants bound to a key (DPoP) and a server.
    pub bound: Option<Bound>,
}

/// What binds an AT Protocol grant.
#[derive(Clone)]
pub struct Bound {
    pub dpop_seed: [u8; 32],
    pub issuer: String,
    /// The account's PDS.
    pub host: Url,
    /// The version of the client key of the grant, which a refresh must use, too; `None` for the development client.
    pub client_key: Option<u8>,
}

impl Bound {
    #[must_use]
    pub fn key(&self) -> DpopKey {
        DpopKey::from_seed(&self.dpop_seed)
    }
}

/// The unencrypted form. It exists only between serialization and encryption.
#[derive(Serialize, Deserialize)]
struct Plain {
    access: String,
    refresh: Option<String>,
    expires_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grant_ends: Option<DateTime<Utc>>,
    app: String,
    bound: Option<PlainBound>,
}

#[derive(Serialize, Deserialize)]
struct PlainBound {
    dpop_seed: String,
    issuer: String,
    host: Url,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_key: Option<u8>,
}

impl Tokens {
    /// Serializes the tokens for encryption.
    #[must_use]
    pub fn to_plain(&self) -> Vec<u8> {
        let plain = Plain {
            access: self.access.expose().to_owned(),
            refresh: self.refresh.as_ref().map(|token| token.expose().to_owned()),
            expires_at: self.expires_at,
            grant_ends: self.grant_ends,
            app: self.app.clone(),
            bound: self.bound.as_ref().map(|bound| PlainBound {
                dpop_seed: BASE64.encode(&bound.dpop_seed),
                issuer: bound.issuer.clone(),
                host: bound.host.clone(),
                client_key: bound.client_key,
            }),
        };
        #[expect(clippy::expect_used, reason = "strings and times serialize")]
        serde_json::to_vec(&plain).expect("strings and times serialize")
    }

    /// Reads what [`Self::to_plain`] wrote.
    #[must_use]
    pub fn from_plain(bytes: &[u8]) -> Option<Self> {
        let plain: Plain = serde_json::from_slice(bytes).ok()?;
        let bound = match plain.bound {
            Some(bound) => Some(Bound {
                dpop_seed: BASE64.decode(bound.dpop_seed.as_bytes()).ok()?.try_into().ok()?,
                issuer: bound.issuer,
                host: bound.host,
                client_key: bound.client_key,
            }),
            None => None,
        };
        Some(Self {
            access: Secret::new(plain.access),
            refresh: plain.refresh.map(Secret::new),
            expires_at: plain.expires_at,
            grant_ends: plain.grant_ends,
            app: plain.app,
            bound,
        })
    }

    /// Whether the access token has expired or expires within `margin`.
    #[must_use]
    pub fn ends_by(&self, now: DateTime<Utc>, margin: chrono::Duration) -> bool {
        self.expires_at.is_some_and(|end| end <= now + margin)
    }

    /// `text` with this grant's secrets masked: a platform may repeat what it was sent.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        [Some(&self.access), self.refresh.as_ref()]
            .into_iter()
            .flatten()
            .map(Secret::expose)
            .filter(|secret| !secret.is_empty())
            .fold(text.to_owned(), |text, secret| text.replace(secret, "[secret]"))
    }
}
