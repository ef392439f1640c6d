//! Pictures and videos: how a platform fetches those that a publisher names (`Fetch`), what their
//! first bytes tell (`kind`), and samples to try with, which the sandbox serves itself (`sample`).

pub(crate) mod kind;
pub(crate) mod sample;
mod serve;

use std::{future::Future, pin::Pin, sync::Arc};

use bytes::Bytes;

use crate::Sandbox;

pub(crate) use serve::serve;

/// Fetches a URL as a platform would; none if it cannot be fetched.
pub type Fetch = Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = Option<Fetched>> + Send>> + Send + Sync>;

/// What stands at a URL.
#[derive(Debug, Clone)]
pub struct Fetched {
    pub content_type: String,
    /// Size of the whole.
    pub bytes: u64,
    /// As much of the beginning as is there, up to [`HEAD`].
    pub head: Bytes,
}

/// Bytes of a file's beginning that are looked at.
pub const HEAD: usize = 64 * 1024;

/// What stands at this URL. The sandbox's own samples are read without a request.
pub(crate) async fn fetch(sandbox: &Sandbox, url: &str) -> Option<Fetched> {
    let own = format!("{}/media/", sandbox.config.public_url);
    match url.strip_prefix(&own) {
        Some(name) => sample::find(name.split(['?', '#']).next()?).map(|sample| Fetched {
            content_type: sample.content_type.to_owned(),
            bytes: sample.bytes.len() as u64,
            head: Bytes::from_static(sample.bytes.get(..HEAD).unwrap_or(sample.bytes)),
        }),
        None => (sandbox.config.fetch)(url.to_owned()).await,
    }
}
