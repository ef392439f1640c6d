//! Discovery in the AT Protocol: from a customer's handle to their DID, DID document, PDS and authorization server.
//!
//! Everything but the resolver and the PLC directory is an address that somebody else named, so it goes through the
//! guard. What servers answer is checked against <https://atproto.com/specs/oauth> and never repeated: a failure
//! carries sentences of ours alone.

mod identity;
mod named;
mod server;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::{StatusCode, header};
use serde::de::DeserializeOwned;
use url::Url;

use crate::net::{Engine, Reach};

pub use identity::{Subject, confirm, find};
pub use server::{Server, server};

/// Why there is no way from what the customer typed to their server. The texts are for logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undiscovered {
    #[error("neither a handle nor a DID")]
    NotAHandle,
    /// Nobody has this name.
    #[error("not found: {0}")]
    NotFound(&'static str),
    /// What one party says, another denies.
    #[error("mismatch: {0}")]
    Mismatch(&'static str),
    /// No usable answer; it may be there later.
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// A server that does not do what the AT Protocol demands.
    #[error("unsupported: {0}")]
    Unsupported(&'static str),
}

/// What a GET found.
enum Found<T> {
    Document(T),
    /// The server says that there is no such thing: 400, 404 or 410.
    Nothing,
}

/// Fetches a JSON document.
async fn get<T: DeserializeOwned>(engine: &Engine, url: &Url, reach: Reach) -> Result<Found<T>, Undiscovered> {
    let request = http::Request::get(url.as_str())
        .header(header::ACCEPT, "application/json")
        .body(Bytes::new())
        .map_err(|_| Undiscovered::Unsupported("an address that HTTP cannot carry"))?;
    let answer = engine.send(request, reach).await.map_err(|failure| Undiscovered::Unreachable(failure.to_string()))?;
    match answer.status() {
        StatusCode::OK => serde_json::from_slice(answer.body())
            .map(Found::Document)
            .map_err(|_| Undiscovered::Unsupported("an answer that is not the expected JSON")),
        StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::GONE => Ok(Found::Nothing),
        other => Err(Undiscovered::Unreachable(format!("status {}", other.as_u16()))),
    }
}

/// `text` as a URL that is an origin and nothing more: no user, path, query or fragment.
fn origin(text: &str) -> Option<Url> {
    let url: Url = text.parse().ok()?;
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
