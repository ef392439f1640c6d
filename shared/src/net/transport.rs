//! Real connections: hyper with rustls, names resolved through the guard where somebody else named the host.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{
        Client,
        connect::{HttpConnector, dns::Name},
    },
    rt::{TokioExecutor, TokioTimer},
};

use super::{Answer, Failure, MAX_ANSWER, Reach, Request, Transport, guard};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

type HttpClient = Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>;

/// The transport of every deployment.
pub struct Wire {
    listed: HttpClient,
    named: HttpClient,
    allow_loopback: bool,
}

impl Wire {
    /// `allow_loopback` lets named hosts be this machine, over plain HTTP: for `local` and tests alone.
    #[must_use]
    pub fn new(allow_loopback: bool) -> Self {
        Self {
            listed: client(Resolver { guard: None }),
            named: client(Resolver { guard: Some(allow_loopback) }),
            allow_loopback,
        }
    }
}

fn client(resolver: Resolver) -> HttpClient {
    let mut http = HttpConnector::new_with_resolver(resolver);
    http.enforce_http(false);
    http.set_connect_timeout(Some(CONNECT_TIMEOUT));
    let https = HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(rustls_provider())
        .expect("the system has certificate roots")
        .https_or_http()
        .enable_http1()
        .wrap_connector(http);
    Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(https)
}

fn rustls_provider() -> rustls::crypto::CryptoProvider {
    rustls::crypto::ring::default_provider()
}

impl Transport for Wire {
    fn send(&self, request: Request, reach: Reach) -> BoxFuture<'_, Result<Answer, Failure>> {
        Box::pin(async move {
            let client = match reach {
                Reach::Listed => &self.listed,
                Reach::Named => {
                    guard::syntax(request.uri(), self.allow_loopback)
                        .map_err(|refused| Failure::NotSent(refused.to_string()))?;
                    &self.named
                }
            };
            let answer = client.request(request.map(Full::new)).await.map_err(|error| {
                // hyper retries by itself what surely never left on a reused connection; a failed connect never left.
                if error.is_connect() {
                    Failure::NotSent("the connection could not be made".into())
                } else {
                    Failure::OutcomeUnknown("the connection broke before the answer".into())
                }
            })?;
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, MAX_ANSWER).collect().await.map_err(|error| {
                let reason = if error.is::<http_body_util::LengthLimitError>() {
                    "the answer is too large"
                } else {
                    "the connection broke within the answer"
                };
                Failure::OutcomeUnknown(reason.into())
            })?;
            Ok(Answer::from_parts(parts, body.to_bytes()))
        })
    }
}

/// Resolves a name; with a guard, only to addresses that may be called.
#[derive(Clone)]
struct Resolver {
    /// `Some(allow_loopback)`: every address is checked.
    guard: Option<bool>,
}

impl tower_service::Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let guard = self.guard;
        Box::pin(async move {
            let addresses: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if let Some(allow_loopback) = guard {
                // One bad address refuses the name: a mixed answer is how a guard is talked around.
                for address in &addresses {
                    guard::address(address.ip(), allow_loopback).map_err(io::Error::other)?;
                }
            }
            Ok(addresses.into_iter())
        })
    }
}
