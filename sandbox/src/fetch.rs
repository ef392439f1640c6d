//! The hook through which simulated platforms fetch media.

use std::{future::Future, pin::Pin, sync::Arc};

use bytes::Bytes;

/// Fetches a URL for a simulated platform; `None` if that fails.
pub type Fetch = Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = Option<Fetched>> + Send>> + Send + Sync>;

/// The beginning of a file, and its size.
#[derive(Debug, Clone)]
pub struct Fetched {
    pub content_type: String,
    /// Size of the whole file.
    pub bytes: u64,
    /// The first bytes of the file, at most [`HEAD`].
    pub head: Bytes,
}

/// How many bytes of a file are read, at most.
pub const HEAD: usize = 64 * 1024;
