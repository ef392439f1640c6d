//! Where the issuer says its keys are: RFC 8414, or OpenID Connect Discovery 1.0.

use std::time::Duration;

use bytes::Bytes;
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{Trust, jwk::KeySet};
use crate::net::{HttpClient, Reach};

/// The issuer's keys cannot be read. The text is for the log, and repeats nothing of what was answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{document}: {reason}")]
pub(super) struct Unreadable {
    pub(super) document: &'static str,
    pub(super) reason: String,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: Url,
}

/// The keys as they are now: the issuer's description, then its key set; all of it within `limit`.
pub(super) async fn keys(http: &HttpClient, trust: &Trust, limit: Duration) -> Result<KeySet, Unreadable> {
    const DOCUMENT: &str = "the issuer's keys";
    let http = &http.chain(limit);
    let metadata = metadata(http, trust).await?;
    let set = get(http, &metadata.jwks_uri, DOCUMENT).await?;
    set.as_ref()
        .and_then(KeySet::parse)
        .ok_or_else(|| unreadable(DOCUMENT, "no set with a key of RS256, ES256 or EdDSA"))
}

async fn metadata(http: &HttpClient, trust: &Trust) -> Result<Metadata, Unreadable> {
    const DOCUMENT: &str = "the issuer's metadata";
    let path = trust.address.path().trim_end_matches('/');
    let mut failed = None;
    for path in [
        // RFC 8414 §3.1: before the issuer's own path.
        format!("/.well-known/oauth-authorization-server{path}"),
        // OpenID Connect Discovery 1.0 §4: after it.
        format!("{path}/.well-known/openid-configuration"),
    ] {
        let mut url = trust.address.clone();
        url.set_path(&path);
        // An issuer may have one of the two alone, and answer anything at the other's address.
        let found = get(http, &url, DOCUMENT).await.unwrap_or_else(|failure| {
            failed = Some(failure);
            None
        });
        let metadata = found.and_then(|document| Metadata::deserialize(document).ok());
        // Whoever answers for another issuer would have us take its keys for this one's (RFC 8414 §3.3).
        if let Some(metadata) = metadata.filter(|metadata| metadata.issuer == trust.issuer) {
            return Ok(metadata);
        }
    }
    let neither = || unreadable(DOCUMENT, "neither document names exactly the configured issuer, and a jwks_uri");
    Err(failed.unwrap_or_else(neither))
}

/// A JSON document; none if there is another answer.
async fn get(http: &HttpClient, url: &Url, document: &'static str) -> Result<Option<Value>, Unreadable> {
    let request = http::Request::get(url.as_str())
        .header(header::ACCEPT, "application/json")
        .body(Bytes::new())
        .map_err(|_| unreadable(document, "an address that HTTP cannot carry"))?;
    let answer = http.send(request, Reach::Named).await.map_err(|failure| unreadable(document, failure.to_string()))?;
    match answer.status() {
        StatusCode::OK => Ok(serde_json::from_slice(answer.body()).ok()),
        status if status.is_client_error() => Ok(None),
        status => Err(unreadable(document, format!("status {}", status.as_u16()))),
    }
}

fn unreadable(document: &'static str, reason: impl Into<String>) -> Unreadable {
    Unreadable { document, reason: reason.into() }
}
