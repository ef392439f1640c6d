//! Outgoing HTTP to foreign servers: one client with a deadline, a size limit and the address guard.
//!
//! Only the client knows whether a request may have arrived, because only it knows whether bytes left. Adapters only
//! build requests and read answers.

mod body;
mod fresh;
pub mod guard;
pub mod media;
mod transport;

use std::{future::Future, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use tokio::time::Instant;
use url::{Origin, Url};

pub use body::{BodyError, StreamingBody};
pub use fresh::{FreshConnection, Line};
pub use transport::Wire;

pub use platforms::{Request, Response};

/// Maximum size of an answer's body, in bytes.
pub const MAX_RESPONSE: usize = 1024 * 1024;

/// Where an address comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Its origin is written in a platform's `Spec`, or is our own sandbox.
    Listed,
    /// A third party named it (a handle, a DID document, another server): it must pass the guard.
    Named,
}

/// Why there is no answer. The texts contain no URL, because queries can carry secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Nothing arrived: name, address, connection or TLS failed.
    #[error("not sent: {0}")]
    NotSent(String),
    /// Nothing was sent, because the guard refused the address.
    #[error("not sent: {0}")]
    Forbidden(guard::ForbiddenAddress),
    /// Nothing complete was sent, because the file that is the body could not be read, or not in time.
    #[error("not sent: {0}")]
    Media(String),
    /// Bytes may have left, and no complete answer came back.
    #[error("outcome unknown: {0}")]
    OutcomeUnknown(String),
}

/// Carries requests: over real connections or to a simulator.
pub trait Transport: Send + Sync {
    fn send(&self, request: Request, reach: Reach) -> BoxFuture<'_, Result<Response, SendError>>;

    /// Like [`Self::send`], with streaming bodies. The default for simulators buffers them.
    fn stream(
        &self,
        request: http::Request<StreamingBody>,
        reach: Reach,
    ) -> BoxFuture<'_, Result<http::Response<StreamingBody>, SendError>> {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.whole(usize::MAX).await.map_err(|broken| SendError::OutcomeUnknown(broken.to_string()))?;
            let answer = self.send(Request::from_parts(parts, body), reach).await?;
            Ok(answer.map(StreamingBody::from))
        })
    }

    /// Connects to the server in `uri`, for one request. The default for simulators, which have no connections, is `None`.
    fn connect<'a>(
        &'a self,
        _uri: &'a http::Uri,
        _reach: Reach,
    ) -> BoxFuture<'a, Result<Option<FreshConnection>, SendError>> {
        Box::pin(async { Ok(None) })
    }
}

/// Sends requests under a deadline.
#[derive(Clone)]
pub struct HttpClient {
    transport: Arc<dyn Transport>,
    timeout: Duration,
    /// Our own origin: its addresses need no guard, even if a third party named them.
    own: Option<Origin>,
    /// The deadline of the chain of calls.
    until: Option<Instant>,
}

impl HttpClient {
    /// `timeout` limits one exchange, from the first packet to the last byte of the answer.
    #[must_use]
    pub fn new(transport: impl Transport + 'static, timeout: Duration) -> Self {
        Self { transport: Arc::new(transport), timeout, own: None, until: None }
    }

    /// Exempts this origin from the guard, even for addresses that a third party named: the sandbox may run on this
    /// machine.
    #[must_use]
    pub fn with_own(self, origin: &Url) -> Self {
        Self { own: Some(origin.origin()), ..self }
    }

    /// A client for a chain of calls, which end within `limit` all together. Several slow calls, each within its own
    /// timeout, could otherwise outlast the function, and Lambda would answer instead of us.
    #[must_use]
    pub fn chain(&self, limit: Duration) -> Self {
        Self { until: Some(Instant::now() + limit), ..self.clone() }
    }

    /// How to reach an address that a third party named.
    #[must_use]
    pub fn reach(&self, named: &Url) -> Reach {
        if self.own.as_ref() == Some(&named.origin()) { Reach::Listed } else { Reach::Named }
    }

    /// # Errors
    /// [`SendError`], which says whether the request may have arrived. An error status is an answer, not an error.
    pub async fn send(&self, request: Request, reach: Reach) -> Result<Response, SendError> {
        let reach = self.reach_of(request.uri(), reach);
        self.in_time(async { self.transport.send(request, reach).await }).await
    }

    /// The sandbox's Bluesky is named by documents, as any server of the AT Protocol: our own origin may be reached.
    fn reach_of(&self, uri: &http::Uri, reach: Reach) -> Reach {
        let url = uri.to_string().parse::<Url>().ok();
        url.filter(|_| reach == Reach::Named).map_or(reach, |url| self.reach(&url))
    }

    async fn in_time<T>(&self, exchange: impl Future<Output = Result<T, SendError>>) -> Result<T, SendError> {
        let Some(end) = self.end() else {
            return Err(SendError::NotSent("earlier calls used up the time".into()));
        };
        tokio::time::timeout_at(end, exchange)
            .await
            .unwrap_or_else(|_| Err(SendError::OutcomeUnknown("no answer in time".into())))
    }

    /// The deadline of a call that starts now; `None` if the chain's time is used up.
    fn end(&self) -> Option<Instant> {
        let now = Instant::now();
        match self.until {
            Some(until) if until <= now => None,
            Some(until) => Some(until.min(now + self.timeout)),
            None => Some(now + self.timeout),
        }
    }
}

#[cfg(test)]
mod tests;
