//! Outgoing HTTP to servers that are not ours: one engine with a deadline, a size cap and the address guard.
//!
//! The engine alone says whether a request may have arrived: it knows whether bytes left. Adapters only build
//! requests and read answers.

mod body;
pub mod guard;
pub mod media;
mod transport;

use std::{future::Future, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use tokio::time::Instant;
use url::{Origin, Url};

pub use body::{Body, Broken};
pub use transport::Wire;

pub use platforms::{Request, Response};

/// The most of an answer's body that is read, in bytes.
pub const MAX_RESPONSE: usize = 1024 * 1024;

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
    /// Nothing was sent: the guard lets nobody call that address.
    #[error("not sent: {0}")]
    Forbidden(guard::Refused),
    /// Bytes may have left and no whole answer came back.
    #[error("outcome unknown: {0}")]
    OutcomeUnknown(String),
}

/// What carries a request: real connections, or a simulator's.
pub trait Transport: Send + Sync {
    fn send(&self, request: Request, reach: Reach) -> BoxFuture<'_, Result<Response, Failure>>;

    /// As [`Self::send`], with bodies that pass through and are never held whole. What carries no bytes itself (a
    /// simulator) may hold them.
    fn stream(
        &self,
        request: http::Request<Body>,
        reach: Reach,
    ) -> BoxFuture<'_, Result<http::Response<Body>, Failure>> {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.whole(usize::MAX).await.map_err(|broken| Failure::OutcomeUnknown(broken.to_string()))?;
            let answer = self.send(Request::from_parts(parts, body), reach).await?;
            Ok(answer.map(Body::from))
        })
    }
}

/// Sends requests under a deadline.
#[derive(Clone)]
pub struct Engine {
    transport: Arc<dyn Transport>,
    timeout: Duration,
    /// An origin of ours: addresses there need no guard, whoever names them.
    own: Option<Origin>,
    /// When the chain that its calls are of has to be over.
    until: Option<Instant>,
}

impl Engine {
    /// `timeout` bounds a whole exchange, from the first packet to the last byte of the answer.
    #[must_use]
    pub fn new(transport: impl Transport + 'static, timeout: Duration) -> Self {
        Self { transport: Arc::new(transport), timeout, own: None, until: None }
    }

    /// Addresses at this origin are called without the guard, whoever names them: the sandbox, where it is on this
    /// machine.
    #[must_use]
    pub fn with_own(self, origin: &Url) -> Self {
        Self { own: Some(origin.origin()), ..self }
    }

    /// For a chain of calls, one after another: from now on they end within `limit`, all together. Each alone in time, a few
    /// slow ones would outlast whoever waits, and Lambda would answer in our place.
    #[must_use]
    pub fn chain(&self, limit: Duration) -> Self {
        Self { until: Some(Instant::now() + limit), ..self.clone() }
    }

    /// How an address is reached that somebody else named.
    #[must_use]
    pub fn reach(&self, named: &Url) -> Reach {
        if self.own.as_ref() == Some(&named.origin()) { Reach::Listed } else { Reach::Named }
    }

    /// # Errors
    /// [`Failure`], which says whether the request may have arrived. An error status is an answer.
    pub async fn send(&self, request: Request, reach: Reach) -> Result<Response, Failure> {
        self.in_time(async { self.transport.send(request, reach).await }).await
    }

    async fn in_time<T>(&self, exchange: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let Some(end) = self.end() else {
            return Err(Failure::NotSent("the calls before it have taken all the time".into()));
        };
        tokio::time::timeout_at(end, exchange)
            .await
            .unwrap_or_else(|_| Err(Failure::OutcomeUnknown("no answer in time".into())))
    }

    /// When a call that begins now has to be over; none if none may begin.
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
