//! Access tokens of an OAuth issuer: JWTs in the profile of RFC 9068, signed with RS256, ES256 or EdDSA.
//!
//! [`Issuer::read`] parses a token and its claims; only [`Issuer::verify`] returns an [`AccessToken`]. This module does not
//! use DynamoDB: the gate decides whether the agency exists and has ended the token.

mod cache;
mod claims;
mod discovery;
mod jwk;
mod jws;
mod trust;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

pub use claims::Claims;
pub use trust::Trust;

use crate::net::HttpClient;
use cache::KeyCache;
use jws::Jws;

/// The time limit for fetching the issuer's documents, up to three in sequence. A caller waits for them.
pub const TIMEOUT: Duration = Duration::from_secs(5);

/// The token is malformed, expired or not from the configured issuer. The reason is for the log, not for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("access token refused: {0}")]
pub struct InvalidToken(&'static str);

/// The token cannot be verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    #[error(transparent)]
    Invalid(#[from] InvalidToken),
    /// The issuer's keys are not cached and cannot be fetched.
    #[error("the issuer's keys cannot be read")]
    Unavailable {
        /// Seconds until the next fetch.
        retry_after: i64,
    },
}

/// A well-formed token whose claims name this deployment. Its signature and times are not checked yet.
pub struct Unverified {
    jws: Jws,
    claims: Claims,
}

impl Unverified {
    /// For choosing what to read beside the gate, not for answering the caller.
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }
}

/// A token that the issuer signed for this deployment and that is valid now.
pub struct AccessToken(Claims);

impl AccessToken {
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.0
    }
}

/// The issuer that a deployment trusts, with its cached keys.
#[derive(Clone)]
pub struct Issuer(Arc<Inner>);

struct Inner {
    trust: Trust,
    http: HttpClient,
    cache: KeyCache,
}

impl Issuer {
    /// `http` fetches the issuer's documents.
    #[must_use]
    pub fn new(trust: Trust, http: HttpClient) -> Self {
        Self(Arc::new(Inner { trust, http, cache: KeyCache::default() }))
    }

    /// Parses a token and checks everything that needs neither a key nor the time. No I/O.
    ///
    /// # Errors
    /// The first fault found.
    pub fn read(&self, text: &str) -> Result<Unverified, InvalidToken> {
        let jws = Jws::parse(text)?;
        if !self.0.trust.accepts_type(jws.typ.as_deref()) {
            return Err(InvalidToken("typ is not the configured type of access tokens"));
        }
        let claims = Claims::parse(&self.0.trust, &jws.payload, text)?;
        Ok(Unverified { jws, claims })
    }

    /// Checks times and signature. Fetches the issuer's keys if they are not cached or too old.
    ///
    /// # Errors
    /// The token is invalid, or the keys cannot be fetched.
    pub async fn verify(&self, token: &Unverified, now: DateTime<Utc>) -> Result<AccessToken, VerifyError> {
        // First, so that an expired token never causes a fetch.
        token.claims.check(now)?;
        let Unverified { jws, claims } = token;
        let inner = Arc::clone(&self.0);
        let fetch = async move { discovery::keys(&inner.http, &inner.trust, TIMEOUT).await };
        let key = self.0.cache.find(jws.key_id.as_deref(), jws.algorithm, now, fetch).await?;
        let key = key.ok_or(InvalidToken("the issuer has no key of this kid and alg"))?;
        if key.verifies(jws.signed.as_bytes(), &jws.signature) {
            Ok(AccessToken(claims.clone()))
        } else {
            Err(InvalidToken("the signature is wrong").into())
        }
    }
}
