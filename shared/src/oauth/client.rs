//! Who we are to servers of the AT Protocol. With a public address: a confidential client, known by the address of a
//! document that names its keys, and proving itself with one of them (RFC 7523 §2.2). On loopback: a public one.
//! <https://atproto.com/specs/oauth#clients>

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Error, es256};
use crate::{secrets::ClientKeys, site::Site};
use platforms::atproto_client;

/// RFC 7523 §2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Seconds that an assertion is good for. Servers take a minute at most.
const ASSERTION_LIFE: i64 = 60;
/// What a key is derived under: a seed used elsewhere gives no key of ours.
const LABEL: &[u8] = b"onbehalf client es256";

/// Our client as one session knows it. A session ends if it is refreshed by another id or with another key.
pub(super) struct Client {
    pub(super) id: String,
    key: Option<(u8, es256::Key)>,
}

impl Client {
    /// The client of a new session, whose key's version is `key`; none: the client of development.
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

    /// The client that a session has known from its beginning.
    ///
    /// # Errors
    /// [`Error::Dead`]: its key has been removed. [`Error::NotSent`]: this process does not know its key.
    pub(super) fn known(site: &Site, id: String, key: Option<u8>) -> Result<Self, Error> {
        let Some(version) = key else { return Ok(Self { id, key: None }) };
        let keys = site.at.as_ref().and_then(|at| at.keys.as_ref());
        match keys.map(|keys| (keys.seed(version), keys.is_retired(version))) {
            Some((Some(seed), _)) => Ok(Self { id, key: Some((version, es256::Key::derive(LABEL, &seed))) }),
            Some((None, true)) => Err(Error::Dead(format!("client key {version} has been removed"))),
            _ => Err(Error::NotSent(format!("client key {version} is not known here"))),
        }
    }

    /// The fields of a form that prove to `issuer` that it is from us: good for this one form, as `now` and `jti` are in
    /// it. None for a client without a key.
    pub(super) fn proof(&self, issuer: &str, now: DateTime<Utc>) -> Vec<(&'static str, String)> {
        let Some((version, key)) = &self.key else { return Vec::new() };
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": version.to_string() });
        let claims = json!({
            "iss": self.id,
            "sub": self.id,
            "aud": issuer,
            "jti": uuid::Uuid::new_v4().to_string(),
            "iat": now.timestamp(),
            "exp": now.timestamp() + ASSERTION_LIFE,
        });
        vec![("client_assertion_type", ASSERTION_TYPE.to_owned()), ("client_assertion", key.sign(&header, &claims))]
    }
}

/// Every public key of ours, as a JWK set (RFC 7517 §5).
#[must_use]
pub fn jwks(keys: &ClientKeys) -> Value {
    let jwk = |version: u8| {
        let mut jwk = es256::Key::derive(LABEL, &keys.seed(version)?).jwk();
        jwk["kid"] = version.to_string().into();
        jwk["use"] = "sig".into();
        jwk["alg"] = "ES256".into();
        Some(jwk)
    };
    json!({ "keys": keys.versions().filter_map(jwk).collect::<Vec<_>>() })
}
