//! The SDK's connections: one TLS stack and one pool for all AWS services of a process. Certificates are read once, and
//! DynamoDB's connections are opened while the function starts.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use aws_sdk_dynamodb::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_smithy_http_client::{
    Connector,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::{
        HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
        http_client_fn,
    },
    orchestrator::HttpRequest,
};
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared, join_all},
};
use http_body_util::BodyExt;

/// Less than an attempt, so that a connection that cannot be made is reported as such.
const CONNECT: Duration = Duration::from_millis(1500);
/// How long requests wait for the connections that are being opened, before they open new ones. It is part of an attempt.
const PATIENCE: Duration = Duration::from_secs(1);
/// One for the gate and one for the parallel read: DynamoDB speaks HTTP/1.1, with one request at a time per connection.
const SIDE_BY_SIDE: usize = 2;

/// All connections of this process to AWS.
#[derive(Clone)]
pub(super) struct Connections(Arc<Pool>);

struct Pool {
    connector: Connector,
    opening: OnceLock<Opening>,
}

struct Opening {
    endpoint: String,
    done: Shared<BoxFuture<'static, ()>>,
}

impl Connections {
    pub(super) fn new() -> Self {
        let connector = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECT).build())
            .build();
        Self(Arc::new(Pool { connector, opening: OnceLock::new() }))
    }

    /// Shares the connections between clients. By default the SDK has a pool per client configuration.
    pub(super) fn client(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(self.clone());
        http_client_fn(move |_, _| connector.clone())
    }

    /// Opens the first connections to DynamoDB in the background. Requests wait for them, because a second handshake at the
    /// same time would slow down the first. A failure is reported by the first request.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub(super) fn open(&self, region: &str, endpoint: Option<&str>) {
        let Ok(params) = Params::builder().region(region).set_endpoint(endpoint.map(Into::into)).build() else {
            return;
        };
        // The endpoint that the SDK will use. Resolving it does not wait for anything.
        let resolver = DefaultResolver::new();
        let Some(Ok(resolved)) = resolver.resolve_endpoint(&params).now_or_never() else { return };
        self.0.opening.get_or_init(|| {
            let endpoint = resolved.url().to_owned();
            let pings = (0..SIDE_BY_SIDE).map(|_| ping(&self.0.connector, &endpoint));
            let opened = tokio::spawn(tokio::time::timeout(PATIENCE, join_all(pings)));
            Opening { endpoint, done: opened.map(|_| ()).boxed().shared() }
        });
    }
}

/// DynamoDB answers an unsigned GET as a health check, which needs no permission. The connection returns to the pool
/// when the response is fully read.
fn ping(connector: &Connector, endpoint: &str) -> impl Future<Output = ()> + use<> {
    let asked = HttpRequest::get(endpoint).map(|request| connector.call(request));
    async move {
        if let Ok(asked) = asked
            && let Ok(answer) = asked.await
        {
            let _ = answer.into_body().collect().await;
        }
    }
}

impl HttpConnector for Connections {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let opening = self.0.opening.get().filter(|it| request.uri().starts_with(&it.endpoint));
        let Some(done) = opening.map(|it| it.done.clone()).filter(|done| done.peek().is_none()) else {
            return self.0.connector.call(request);
        };
        let pool = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            done.await;
            pool.connector.call(request).await
        })
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connections")
    }
}

#[cfg(test)]
mod tests;
