//! Fetches the issuer's keys, found through RFC 8414 or OpenID Connect Discovery 1.0.

use std::time::Duration;

use bytes::Bytes;
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{Trust, jwk::KeySet};
use crate::net::{Engine, Reach};

/// The issuer's keys cannot be read. The message is for the log and contains nothing from the response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{document}: {reason}")]
pub(super) struct DiscoveryError {
    pub(super) document: &'static str,
    pub(super) reason: String,
}

#[derive(Deserialize)]
struct IssuerMetadata {
    issuer: String,
    jwks_uri: Url,
}

/// Fetches the issuer's metadata, then its key set, all within `limit`.
pub(super) async fn keys(engine: &Engine, trust: &Trust, limit: Duration) -> Result<KeySet, DiscoveryError> {
    const DOCUMENT: &str = "the issuer's keys";
    let engine = &engine.chain(limit);
    let metadata = metadata(engine, trust).await?;
    let set = get(engine, &metadata.jwks_uri, DOCUMENT).await?;
    set.as_ref()
        .and_then(KeySet::parse)
        .ok_or_else(|| error(DOCUMENT, "not a JWK Set with a key for RS256, ES256 or EdDSA"))
}

async fn metadata(engine: &Engine, trust: &Trust) -> Result<IssuerMetadata, DiscoveryError> {
    const DOCUMENT: &str = "the issuer's metadata";
    let path = trust.address.path().trim_end_matches('/');
    let mut failed = None;
    for path in [
        // RFC 8414 §3.1: inserted before the issuer's path.
        format!("/.well-known/oauth-authorization-server{path}"),
        // OpenID Connect Discovery 1.0 §4: appended to the issuer's path.
        format!("{path}/.well-known/openid-configuration"),
    ] {
        let mut url = trust.address.clone();
        url.set_path(&path);
        // An issuer may serve only one of the two documents, and any status at the other URL.
        let found = get(engine, &url, DOCUMENT).await.unwrap_or_else(|failure| {
            failed = Some(failure);
            None
        });
        let metadata = found.and_then(|document| IssuerMetadata::deserialize(document).ok());
        // The document of another issuer would name that issuer's keys (RFC 8414 §3.3).
        if let Some(metadata) = metadata.filter(|metadata| metadata.issuer == trust.issuer) {
            return Ok(metadata);
        }
    }
    let neither = || error(DOCUMENT, "neither document has exactly the configured issuer and a jwks_uri");
    Err(failed.unwrap_or_else(neither))
}

/// A JSON document, or `None` for another body or a status 4xx.
async fn get(engine: &Engine, url: &Url, document: &'static str) -> Result<Option<Value>, DiscoveryError> {
    let request = http::Request::get(url.as_str())
        .header(header::ACCEPT, "application/json")
        .body(Bytes::new())
        .map_err(|_| error(document, "the URL is not valid for HTTP"))?;
    let answer = engine.send(request, Reach::Named).await.map_err(|failure| error(document, failure.to_string()))?;
    match answer.status() {
        StatusCode::OK => Ok(serde_json::from_slice(answer.body()).ok()),
        status if status.is_client_error() => Ok(None),
        status => Err(error(document, format!("status {}", status.as_u16()))),
    }
}

fn error(document: &'static str, reason: impl Into<String>) -> DiscoveryError {
    DiscoveryError { document, reason: reason.into() }
}

#[cfg(test)]
mod tests;
