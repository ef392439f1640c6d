//! Access tokens of an OAuth issuer: JWTs in the profile of RFC 9068, signed with RS256, ES256 or EdDSA.
//!
//! [`Issuer::read`] takes a token apart and says what it claims; [`Issuer::verify`] alone makes an [`AccessToken`] of it.
//! What may not be here: DynamoDB. Whether an agency stands, and still wants the token, the gate decides.

mod cache;
mod claims;
mod discovery;
mod jwk;
mod jws;
#[cfg(test)]
mod tests;
mod trust;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

pub use claims::Claims;
pub use trust::Trust;

use crate::net::HttpClient;
use cache::Cache;
use jws::Jws;

/// How long the issuer's documents may take, up to three in a row: a caller waits.
pub const TIMEOUT: Duration = Duration::from_secs(5);

/// A token is not what it would have to be. The sentence is for the log; callers learn no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("access token refused: {0}")]
pub struct Refused(&'static str);

/// A token is not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Nobody can tell yet: the issuer's keys are not known.
    #[error("the issuer's keys cannot be read")]
    Unavailable {
        /// Seconds until the issuer is asked again.
        retry_after: i64,
    },
}

/// A token that is well-formed and meant for us, as far as it says itself. Nobody has checked its signature.
pub struct Unverified {
    jws: Jws,
    claims: Claims,
}

impl Unverified {
    /// Good for choosing what to read; never for answering.
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }
}

/// A token that the issuer has signed, for us and for now.
pub struct AccessToken(Claims);

impl AccessToken {
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.0
    }
}

/// Whom a deployment trusts, and their keys as this process knows them.
#[derive(Clone)]
pub struct Issuer(Arc<Inner>);

struct Inner {
    trust: Trust,
    http: HttpClient,
    cache: Cache,
}

impl Issuer {
    /// `http` reads the issuer's documents, each and all of them within [`TIMEOUT`].
    #[must_use]
    pub fn new(trust: Trust, http: HttpClient) -> Self {
        Self(Arc::new(Inner { trust, http, cache: Cache::default() }))
    }

    /// Takes a token apart and checks what needs neither a key nor the time. No I/O.
    ///
    /// # Errors
    /// What is wrong with it first.
    pub fn read(&self, text: &str) -> Result<Unverified, Refused> {
        let jws = Jws::parse(text)?;
        if !self.0.trust.takes_type(jws.kind.as_deref()) {
            return Err(Refused("typ is not the one of access tokens"));
        }
        let claims = Claims::read(&self.0.trust, &jws.payload, text)?;
        Ok(Unverified { jws, claims })
    }

    /// Checks times and signature; the issuer is asked for its keys where that is due.
    ///
    /// # Errors
    /// The token is refused, or the keys are not known.
    pub async fn verify(&self, token: &Unverified, now: DateTime<Utc>) -> Result<AccessToken, Failure> {
        let Inner { trust, http, cache } = &*self.0;
        // Before the keys: what has expired makes nobody ask the issuer.
        token.claims.check(now)?;
        let Unverified { jws, claims } = token;
        let fetched = discovery::keys(http, trust, TIMEOUT);
        let key = cache.find(jws.key_id.as_deref(), jws.algorithm, now, fetched).await?;
        let key = key.ok_or(Refused("the issuer has no such key for the algorithm"))?;
        if key.verifies(jws.signed.as_bytes(), &jws.signature) {
            Ok(AccessToken(claims.clone()))
        } else {
            Err(Refused("the signature is wrong").into())
        }
    }
}
