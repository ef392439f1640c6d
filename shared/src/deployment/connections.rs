//! The SDK's connections: one TLS stack and one pool for all services of a process, so that its certificates are read
//! once, and DynamoDB's connections opened while the function starts.

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

/// What the SDK itself allows for a connection.
const CONNECT: Duration = Duration::from_millis(3100);
/// How long requests wait for the connections that are being opened; then they open their own.
const PATIENCE: Duration = Duration::from_secs(2);
/// The gate and the read beside it: DynamoDB speaks HTTP/1.1, one request at a time on a connection.
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

    /// The same connections for every client: the SDK's own pool is one per client's settings.
    pub(super) fn client(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(self.clone());
        http_client_fn(move |_, _| connector.clone())
    }

    /// Opens the first connections to DynamoDB, beside whatever is done next. What needs them waits for them: a second
    /// handshake at the same time would take the processor from the first. A failure shows at the first request.
    ///
    /// # Panics
    /// Outside of a runtime.
    pub(super) fn open(&self, region: &str, endpoint: Option<&str>) {
        let Ok(params) = Params::builder().region(region).set_endpoint(endpoint.map(Into::into)).build() else {
            return;
        };
        // What the SDK will ask by itself. Nothing in it waits.
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

/// DynamoDB answers an unsigned GET, for load balancers: no permission is needed. The connection is free again once the
/// answer is read to its end.
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
