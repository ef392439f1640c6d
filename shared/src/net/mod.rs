//! Outgoing HTTP to servers that are not ours: one engine with a deadline, a size cap and the address guard.
//!
//! The engine alone says whether a request may have arrived: it knows whether bytes left. Adapters only build
//! requests and read answers.

pub mod guard;
mod transport;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::future::BoxFuture;

pub use transport::Wire;

pub type Request = http::Request<Bytes>;
pub type Answer = http::Response<Bytes>;

/// The most of an answer's body that is read, in bytes.
pub const MAX_ANSWER: usize = 1024 * 1024;

/// How an address came to be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Its origin stands in a platform's `Spec`, or is our own sandbox.
    Listed,
    /// Somebody else named it (a handle, a DID document, another server): it passes the guard.
    Named,
}

/// Why there is no answer. The text names no URL: queries can carry secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Surely nothing arrived: name, address, connection or TLS failed.
    #[error("not sent: {0}")]
    NotSent(String),
    /// Bytes may have left and no whole answer came back.
    #[error("outcome unknown: {0}")]
    OutcomeUnknown(String),
}

/// What carries a request: real connections, or a simulator's.
pub trait Transport: Send + Sync {
    fn send(&self, request: Request, reach: Reach) -> BoxFuture<'_, Result<Answer, Failure>>;
}

/// Sends requests under a deadline.
#[derive(Clone)]
pub struct Engine {
    transport: Arc<dyn Transport>,
    timeout: Duration,
}

impl Engine {
    /// `timeout` bounds a whole exchange, from the first packet to the last byte of the answer.
    #[must_use]
    pub fn new(transport: impl Transport + 'static, timeout: Duration) -> Self {
        Self { transport: Arc::new(transport), timeout }
    }

    /// # Errors
    /// [`Failure`], which says whether the request may have arrived. An error status is an answer.
    pub async fn send(&self, request: Request, reach: Reach) -> Result<Answer, Failure> {
        tokio::time::timeout(self.timeout, self.transport.send(request, reach))
            .await
            .unwrap_or_else(|_| Err(Failure::OutcomeUnknown("no answer in time".into())))
    }
}
