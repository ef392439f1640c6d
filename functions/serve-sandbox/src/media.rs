//! Fetching media for the simulated platforms, with the protections of the workers' requests.

use std::sync::Arc;

use platforms::media::Format;
use sandbox::{Fetch, Fetched};
use shared::net::HttpClient;

/// Fetches the beginning of a file with `http`.
#[must_use]
pub fn fetch(http: HttpClient) -> Fetch {
    Arc::new(move |url| {
        let http = http.clone();
        Box::pin(async move {
            let (head, bytes) = http.first_bytes(&url).await.ok()?;
            let content_type = Format::sniff(&head).map_or("application/octet-stream", Format::content_type);
            Some(Fetched { content_type: content_type.to_owned(), bytes: bytes?, head })
        })
    })
}
