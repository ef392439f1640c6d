//! Our identity as a client of AT Protocol servers. With a public address: a confidential client, whose id is the URL
//! of a metadata document with its keys, and which authenticates with one of them (RFC 7523 §2.2). On loopback: a
//! public client. <https://atproto.com/specs/oauth#clients>

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Error, es256::Es256Key};
use crate::{secrets::ClientKeys, site::Site};
use platforms::atproto_client;

/// RFC 7523 §2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Lifetime of an assertion in seconds. Servers accept at most a minute.
const ASSERTION_LIFE: i64 = 60;
/// Label of the key derivation: the same seed used elsewhere gives another key.
const LABEL: &[u8] = b"onbehalf client es256";

/// Our client in one session. A session ends if it is refreshed with another id or another key.
pub(super) struct AtClient {
    pub(super) id: String,
    key: Option<(u8, Es256Key)>,
}

impl AtClient {
    /// The client of a new session with the key of version `key`; `None` gives the development client.
    ///
    /// # Errors
    /// As [`Self::known`].
    pub(super) fn at(site: &Site, redirect_uri: &str, scope: &str, key: Option<u8>) -> Result<Self, Error> {
        let id = match key {
            Some(_) => atproto_client::metadata_url(&redirect_uri.parse().map_err(|_| Error::Mismatch)?).into(),
            None => atproto_client::loopback_client_id(redirect_uri, scope),
        };
        Self::known(site, id, key)
    }

    /// The client of an existing session.
    ///
    /// # Errors
    /// [`Error::Dead`]: its key has been removed. [`Error::NotSent`]: this process does not know its key.
    pub(super) fn known(site: &Site, id: String, key: Option<u8>) -> Result<Self, Error> {
        let Some(version) = key else { return Ok(Self { id, key: None }) };
        let keys = site.at.as_ref().and_then(|at| at.keys.as_ref());
        match keys.map(|keys| (keys.seed(version), keys.is_retired(version))) {
            Some((Some(seed), _)) => Ok(Self { id, key: Some((version, Es256Key::derive(LABEL, &seed))) }),
            Some((None, true)) => Err(Error::Dead(format!("client key {version} has been removed"))),
            _ => Err(Error::NotSent(format!("this process does not know client key {version}"))),
        }
    }

    /// The form fields that authenticate us to `issuer`, valid for one form because they contain `now` and a `jti`.
    /// Empty for a client without a key.
    pub(super) fn proof(&self, issuer: &str, now: DateTime<Utc>) -> Vec<(&'static str, String)> {
        let Some((version, key)) = &self.key else { return Vec::new() };
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": version.to_string() });
        let claims = json!({
            "iss": self.id,
            "sub": self.id,
            "aud": issuer,
            "jti": crate::id::random::uuid(),
            "iat": now.timestamp(),
            "exp": now.timestamp() + ASSERTION_LIFE,
        });
        vec![("client_assertion_type", ASSERTION_TYPE.to_owned()), ("client_assertion", key.sign(&header, &claims))]
    }
}

/// All our public keys, as a JWK set (RFC 7517 §5).
#[must_use]
pub fn jwks(keys: &ClientKeys) -> Value {
    #[expect(clippy::indexing_slicing, reason = "the value is an object, made here")]
    let jwk = |version: u8| {
        let mut jwk = Es256Key::derive(LABEL, &keys.seed(version)?).jwk();
        jwk["kid"] = version.to_string().into();
        jwk["use"] = "sig".into();
        jwk["alg"] = "ES256".into();
        Some(jwk)
    };
    json!({ "keys": keys.versions().filter_map(jwk).collect::<Vec<_>>() })
}
