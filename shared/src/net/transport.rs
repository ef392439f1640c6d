//! Real connections: hyper with rustls. Names that a third party chose are resolved through the guard.

use std::{
    error::Error as _,
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::LazyLock,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::future::BoxFuture;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{
        Client,
        connect::{HttpConnector, dns::Name},
    },
    rt::{TokioExecutor, TokioTimer},
};
use tower_service::Service as _;

use super::{
    BodyError, MAX_RESPONSE, Reach, Request, Response, SendError, StreamingBody, Transport, fresh::FreshConnection,
    guard,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

type Connector = HttpsConnector<HttpConnector<Resolver>>;

/// Makes connections, and a pool of them.
struct Stack {
    connector: Connector,
    pooled: Client<Connector, StreamingBody>,
}

/// Created on first use: reading the system's certificates takes longer than the rest of a function's start, and most
/// requests call no foreign server.
type Lazily = LazyLock<Stack, Box<dyn FnOnce() -> Stack + Send>>;

/// The transport of every deployment.
pub struct Wire {
    listed: Lazily,
    named: Lazily,
    allow_loopback: bool,
}

impl Wire {
    /// `allow_loopback` allows named hosts on this machine, over plain HTTP. Only `local` and tests set it.
    #[must_use]
    pub fn new(allow_loopback: bool) -> Self {
        Self {
            listed: client(Resolver { guard: None, look_up }),
            named: client(Resolver { guard: Some(allow_loopback), look_up }),
            allow_loopback,
        }
    }

    fn stack(&self, uri: &http::Uri, reach: Reach) -> Result<&Stack, SendError> {
        match reach {
            Reach::Listed => Ok(&self.listed),
            Reach::Named => {
                guard::syntax(uri, self.allow_loopback).map_err(SendError::Forbidden)?;
                Ok(&self.named)
            }
        }
    }

    /// With `look_up` as the resolver, to simulate a hostile name server.
    #[cfg(test)]
    pub(super) fn resolving_by(look_up: LookUp) -> Self {
        let named = client(Resolver { guard: Some(false), look_up });
        Self { named, ..Self::new(false) }
    }
}

/// Resolves a name.
pub(super) type LookUp = fn(Name) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>>;

/// The system's resolver.
fn look_up(name: Name) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
    Box::pin(async move { Ok(tokio::net::lookup_host((name.as_str(), 0)).await?.collect()) })
}

fn client(resolver: Resolver) -> Lazily {
    LazyLock::new(Box::new(move || connected(resolver)))
}

#[expect(clippy::expect_used, reason = "without roots of trust nothing can be called")]
fn connected(resolver: Resolver) -> Stack {
    let mut http = HttpConnector::new_with_resolver(resolver);
    http.enforce_http(false);
    http.set_connect_timeout(Some(CONNECT_TIMEOUT));
    let connector = HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(rustls_provider())
        .expect("the system has certificate roots")
        .https_or_http()
        .enable_http1()
        .wrap_connector(http);
    let pooled = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector.clone());
    Stack { connector, pooled }
}

fn rustls_provider() -> rustls::crypto::CryptoProvider {
    rustls::crypto::ring::default_provider()
}

impl Transport for Wire {
    fn send(&self, request: Request, reach: Reach) -> BoxFuture<'_, Result<Response, SendError>> {
        Box::pin(async move {
            let (parts, body) = self.stream(request.map(StreamingBody::from), reach).await?.into_parts();
            let body =
                body.whole(MAX_RESPONSE).await.map_err(|broken| SendError::OutcomeUnknown(broken.to_string()))?;
            Ok(Response::from_parts(parts, body))
        })
    }

    fn stream(
        &self,
        request: http::Request<StreamingBody>,
        reach: Reach,
    ) -> BoxFuture<'_, Result<http::Response<StreamingBody>, SendError>> {
        Box::pin(async move {
            let answer = self.stack(request.uri(), reach)?.pooled.request(request).await.map_err(|error| {
                // hyper retries requests that never left on a reused connection; a failed connect never left.
                match (error.is_connect(), refused(error.source())) {
                    (true, Some(refused)) => SendError::Forbidden(refused),
                    (true, None) => SendError::NotSent("the connection could not be made".into()),
                    (false, _) => SendError::OutcomeUnknown("the connection broke before the answer".into()),
                }
            })?;
            Ok(answer
                .map(|body| StreamingBody::new(body, |_| BodyError("the connection broke during the answer".into()))))
        })
    }

    fn connect<'a>(
        &'a self,
        uri: &'a http::Uri,
        reach: Reach,
    ) -> BoxFuture<'a, Result<Option<FreshConnection>, SendError>> {
        Box::pin(async move {
            let mut connector = self.stack(uri, reach)?.connector.clone();
            let stream = connector.call(uri.clone()).await.map_err(|error| match refused(Some(&*error)) {
                Some(refused) => SendError::Forbidden(refused),
                None => SendError::NotSent("the connection could not be made".into()),
            })?;
            FreshConnection::over(stream, uri).await.map(Some)
        })
    }
}

/// The guard's error, if it is the reason for a failed connect.
fn refused(mut cause: Option<&(dyn std::error::Error + 'static)>) -> Option<guard::ForbiddenAddress> {
    while let Some(error) = cause {
        let verdict = error.downcast_ref::<io::Error>().and_then(|error| error.get_ref()?.downcast_ref());
        if let Some(verdict) = verdict {
            return Some(*verdict);
        }
        cause = error.source();
    }
    None
}

/// Resolves names; with a guard, only to allowed addresses.
#[derive(Clone)]
struct Resolver {
    /// `Some(allow_loopback)` checks every address.
    guard: Option<bool>,
    look_up: LookUp,
}

impl tower_service::Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let Self { guard, look_up } = *self;
        Box::pin(async move {
            let addresses = look_up(name).await?;
            if let Some(allow_loopback) = guard {
                // One refused address refuses the name: mixed answers are used to bypass guards.
                for address in &addresses {
                    guard::address(address.ip(), allow_loopback).map_err(io::Error::other)?;
                }
            }
            Ok(addresses.into_iter())
        })
    }
}
