//! The AWS services that a function calls, all at one `AWS_ENDPOINT_URL`: both tables on an embedded engine, with an
//! agency, its key and a client; made-up secrets; and queues that accept every message.

use std::{collections::BTreeMap, sync::Arc};

use engine::DynamoDb;
use local::Endpoint;
use platforms::PlatformId;
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
use url::Url;

use crate::Sentence;

const MAIN: &str = "main";
const VAULT: &str = "vault";

pub(crate) struct Aws {
    pub(crate) url: Url,
    access_key_id: String,
    pub(crate) tenant: Tenant,
    pub(crate) key: ApiKey,
    pub(crate) client: ClientId,
}

impl Aws {
    pub(crate) async fn start() -> Result<Self, Sentence> {
        let engine = DynamoDb::in_memory().map_err(|error| format!("The engine does not start: {error}."))?;
        let secrets = BTreeMap::from([
            ("keyring", json!({ "1": "a secret of a bench, long enough to be one" }).to_string()),
            ("platforms", json!({ "x": { "clientId": "bench", "clientSecret": "bench" } }).to_string()),
            ("sandbox", json!({ "clientId": "bench", "clientSecret": "bench" }).to_string()),
        ]);
        let endpoint = Endpoint::new(engine.clone(), secrets, Arc::new(|_, _| {}));
        let access_key_id = endpoint.access_key_id().to_owned();
        let url = endpoint.start().await?;

        let sdk = aws_sdk_dynamodb::Client::from_conf(schema::on_this_machine(engine.http_client()).build());
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
            name: ClientName::parse("Bench")?,
            kind: ClientType::Brand,
            created_at: now,
        };
        let origin = Origin { fingerprint: "bench".into(), nonce: "bench".into() };
        store.create_client(tenant, &client, &origin).await.map_err(failed)?;
        Ok(Self { url, access_key_id, tenant, key, client: client.id })
    }

    /// The environment of a function, as the template and Lambda set it.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let queue = "https://sqs.us-east-1.amazonaws.com/123456789012/bench";
        let targets = PlatformId::ALL.map(|platform| format!("{platform}:{queue}")).join(",");
        [
            ("AWS_ENDPOINT_URL", self.url.as_str()),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", &self.access_key_id),
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
            ("CLIENT_KEYS_SECRET", "keyring"),
            ("PLATFORMS_SECRET", "platforms"),
            ("SANDBOX_SECRET", "sandbox"),
            ("SANDBOX_TABLE", "sandbox"),
            ("SANDBOX_URL", "https://sandbox.example.com"),
            ("QUEUE_URL", queue),
            ("TARGET_QUEUE_URLS", &targets),
            ("PUBLIC_URL", "https://api.example.com"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into()
    }
}
