//! Discovers an account of the AT Protocol and its authorization server: handle, DID, DID document, PDS, issuer.
//!
//! Except for the resolver and the PLC directory, all addresses are named by third parties and so pass the guard.
//! Answers are checked against <https://atproto.com/specs/oauth> and never repeated: errors contain only our own texts.

mod identity;
mod named;
mod server;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::{StatusCode, header};
use serde::de::DeserializeOwned;
use url::Url;

use crate::net::{HttpClient, Reach};
use platforms::MAX_ENDPOINT;

pub use identity::{Subject, confirm, find};
pub use server::{AuthorizationServer, server};

/// Why no authorization server was found for the customer's input. The texts are for logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AtDiscoveryError {
    #[error("neither a handle nor a DID")]
    NotAHandle,
    /// The name does not exist.
    #[error("not found: {0}")]
    NotFound(&'static str),
    /// Two servers contradict each other.
    #[error("mismatch: {0}")]
    Mismatch(&'static str),
    /// No usable answer; a retry may succeed.
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// A server does not meet a requirement of the AT Protocol.
    #[error("unsupported: {0}")]
    Unsupported(&'static str),
}

/// The result of a GET.
enum Found<T> {
    Document(T),
    /// The server says that it does not exist: 400, 404 or 410.
    Nothing,
}

/// Fetches a JSON document.
async fn get<T: DeserializeOwned>(http: &HttpClient, url: &Url, reach: Reach) -> Result<Found<T>, AtDiscoveryError> {
    let request = http::Request::get(url.as_str())
        .header(header::ACCEPT, "application/json")
        .body(Bytes::new())
        .map_err(|_| AtDiscoveryError::Unsupported("an address that is not a URI"))?;
    let answer =
        http.send(request, reach).await.map_err(|failure| AtDiscoveryError::Unreachable(failure.to_string()))?;
    match answer.status() {
        StatusCode::OK => serde_json::from_slice(answer.body())
            .map(Found::Document)
            .map_err(|_| AtDiscoveryError::Unsupported("an answer that is not the expected JSON")),
        StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::GONE => Ok(Found::Nothing),
        other => Err(AtDiscoveryError::Unreachable(format!("status {}", other.as_u16()))),
    }
}

/// Parses `text` as an origin: a URL without user, path, query or fragment.
fn origin(text: &str) -> Option<Url> {
    let url: Url = (text.len() <= MAX_ENDPOINT).then(|| text.parse().ok())??;
    let bare = matches!(url.scheme(), "https" | "http")
        && url.username().is_empty()
        && url.password().is_none()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none();
    bare.then_some(url)
}

/// `base` with another path.
fn at_path(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(path);
    url.set_query(None);
    url
}
