//! What a function reaches of AWS: both tables on an embedded engine, with an agency, its key and a client; secrets that
//! are made up; and a queue that takes everything. One address for all, as `AWS_ENDPOINT_URL` gives it.

use std::{convert::Infallible, net::SocketAddr};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use serde_json::json;
use shared::{
    client::{ClientName, ClientType},
    clock::Clock,
    id::{AgencyId, ClientId, KeyId},
    key::ApiKey,
    scope::Scope,
    store::{Gate, KeyRecord, Limits, NewGate, Origin, Store, schema},
    tenant::{Mode, Tenant},
};
use tokio::net::TcpListener;

use crate::Sentence;

const MAIN: &str = "main";
const VAULT: &str = "vault";

pub(crate) struct Aws {
    pub(crate) address: SocketAddr,
    pub(crate) tenant: Tenant,
    pub(crate) key: ApiKey,
    pub(crate) client: ClientId,
}

impl Aws {
    pub(crate) async fn start() -> Result<Self, Sentence> {
        let database = dynoxide::Database::memory().map_err(|error| format!("The engine does not start: {error}."))?;
        let (listener, engine) = listen().await?;
        tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database, std::future::pending()));
        let (listener, address) = listen().await?;
        tokio::spawn(serve(listener, engine));

        let sdk = aws_sdk_dynamodb::Client::from_conf(schema::on_this_machine(engine).build());
        let failed = |error: shared::store::Error| format!("The tables cannot be set up: {error}.");
        schema::create(&sdk, MAIN, VAULT).await.map_err(failed)?;
        let clock = Clock::system();
        let store = Store::new(sdk, MAIN.into(), clock.clone());
        let tenant = Tenant { agency: AgencyId::random(), mode: Mode::Live };
        let key = ApiKey::generate(tenant, KeyId::random());
        let now = clock.now();
        let record = KeyRecord {
            digest: data_encoding::HEXLOWER.encode(&key.digest),
            scopes: Scope::ALL.to_vec(),
            expires_at: (now + chrono::Duration::days(1)).timestamp(),
            client: None,
            label: "bench".into(),
            last_used: None,
            minted: None,
        };
        let limits = Limits { reads: u32::MAX, writes: u32::MAX };
        let gate = NewGate { tenant, name: "Bench".into(), limits, keys: vec![(key.id, record)] };
        Gate::new(store.clone()).insert(gate, now).await.map_err(failed)?;
        let client = shared::client::Client {
            id: ClientId::random(),
            name: ClientName::parse("Bench").map_err(ToOwned::to_owned)?,
            kind: ClientType::Brand,
            created_at: now,
        };
        let origin = Origin { fingerprint: "bench".into(), nonce: "bench".into() };
        store.create_client(tenant, &client, &origin).await.map_err(failed)?;
        Ok(Self { address, tenant, key, client: client.id })
    }

    /// The environment of a function, as the template and Lambda set it.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let endpoint = format!("http://{}", self.address);
        [
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "bench"),
            ("AWS_SECRET_ACCESS_KEY", "bench"),
            ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
            ("MAIN_TABLE", MAIN),
            ("VAULT_TABLE", VAULT),
            ("LINK_SECRET", "keyring"),
            ("VAULT_SECRET", "keyring"),
            ("PLATFORMS_SECRET", "platforms"),
            ("QUEUE_URL", "https://sqs.us-east-1.amazonaws.com/123456789012/bench"),
            ("PUBLIC_URL", "https://api.example.com"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into()
    }
}

async fn listen() -> Result<(TcpListener, SocketAddr), Sentence> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| format!("No port is free: {error}."))?;
    let address = listener.local_addr().map_err(|error| format!("The port has no address: {error}."))?;
    Ok((listener, address))
}

async fn serve(listener: TcpListener, engine: SocketAddr) {
    let client = Client::builder(TokioExecutor::new()).build_http();
    while let Ok((stream, _)) = listener.accept().await {
        let client = client.clone();
        let answer = service_fn(move |request| {
            let client = client.clone();
            async move { Ok::<_, Infallible>(answer(request, engine, client).await) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
    }
}

async fn answer(
    request: Request<Incoming>,
    engine: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
) -> Response<Full<Bytes>> {
    let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let (service, asks_for_secret) = (target.to_owned(), target == "secretsmanager.GetSecretValue");
    let (mut parts, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    if asks_for_secret {
        let secret = match body.windows(9).any(|word| word == b"platforms") {
            true => json!({ "x": { "clientId": "bench", "clientSecret": "bench" } }),
            false => json!({ "1": "a secret of a bench, long enough to be one" }),
        };
        return Response::new(Full::new(json!({ "SecretString": secret.to_string() }).to_string().into()));
    }
    if !service.starts_with("DynamoDB") {
        return Response::new(Full::new("{}".into()));
    }
    parts.uri = format!("http://{engine}/").parse().expect("an address makes an address of a page");
    match client.request(Request::from_parts(parts, Full::new(body))).await {
        Ok(answer) => {
            let (parts, body) = answer.into_parts();
            let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
            Response::from_parts(parts, Full::new(body))
        }
        Err(error) => panic!("the engine does not answer: {error}"),
    }
}
