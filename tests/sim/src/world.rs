//! A complete deployment in this process: every function, all tables, the sandbox, and a queue, a clock and faults that the
//! simulation controls.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_sdk_dynamodb::Client;
use aws_smithy_runtime::client::retries::RetryPartition;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use engine::DynamoDb;
use platforms::{PlatformId, atproto_client::METADATA_PATH};
use sandbox::Sandbox;
use serde_json::{Value, json};
use shared::{
    clock::Clock,
    deployment::Process,
    net::HttpClient,
    queue::Queue,
    secret::Secret,
    secrets::{ClientKeys, LinkKeys, VaultKeys},
    site::{App, AtNetwork, Sites},
    store::{Gate, Store, Vault, schema},
    testing::{Ask, TestResponse},
};

use crate::{
    actor::{Actor, Ended},
    database::Database,
    deployment::{Deployment, LEASE, limit},
    injector::{Injector, Plan},
    mailbox::Mailbox,
    network::{Network, SANDBOX, platform_time},
    time::VirtualTime,
    trace::Trace,
};

/// The public URL of this deployment.
pub(crate) const URL: &str = "https://api.test";
pub(crate) const TABLES: [&str; 3] = ["main", "vault", "sandbox"];
const SECRET: &str = r#"{"1":"a secret of a simulation, long enough to be one"}"#;
static CLIENT_DOCUMENT: OnceLock<String> = OnceLock::new();
const CLIENT_ID: &str = "onbehalf";
const CLIENT_SECRET: &str = "sandbox-app-secret";

pub(crate) struct World {
    pub(crate) time: VirtualTime,
    pub(crate) engine: DynamoDb,
    pub(crate) gate: Gate,
    pub(crate) injector: Arc<Injector>,
    pub(crate) trace: Arc<Trace>,
    pub(crate) network: Network,
    pub(crate) mailbox: Mailbox,
    pub(crate) deployment: Deployment,
    actors: AtomicUsize,
}

impl World {
    /// A world with empty tables, in which everything random follows from `seed`.
    pub(crate) async fn new(seed: u64, since_epoch: Duration, plan: Plan, skewed: bool) -> Self {
        id::random::seed_this_thread(Some(seed));
        // The SDK's: jitter, and the tokens of transactions.
        fastrand::seed(seed);
        let time = VirtualTime::start(since_epoch);
        let clock = Clock::new(time);
        let engine = DynamoDb::in_memory().expect("an empty engine");
        let trace = Arc::new(Trace::new(time));
        let injector = Arc::new(Injector::new(seed, plan, skewed));
        let without_faults = client(engine.http_client(), time);
        schema::create(&without_faults, TABLES[0], TABLES[1]).await.expect("an empty engine takes the tables");
        let sandbox = sandbox(without_faults, time);
        sandbox.create_table().await.expect("an empty engine takes the table");
        let database = Database::new(engine.clone(), Arc::clone(&injector), Arc::clone(&trace));
        let dynamodb = client(database.http_client(), time);
        let network = Network::new(sandbox, Arc::clone(&injector), Arc::clone(&trace), time);
        let mailbox = Mailbox::new(Arc::clone(&injector), Arc::clone(&trace), time);
        let store = Store::new(dynamodb.clone(), TABLES[0].into(), clock.clone());
        let gate = Gate::new(store.clone());
        let parts = Process {
            dynamodb: dynamodb.clone(),
            gate: gate.clone(),
            store,
            vault: Vault::new(dynamodb, TABLES[1].into(), VaultKeys::parse(SECRET).expect("a constant keyring")),
            link_keys: LinkKeys::parse(SECRET).expect("a constant keyring"),
            client_keys: ClientKeys::parse(SECRET).expect("a constant keyring"),
            sites: sites(),
            http: HttpClient::new(network.clone(), LEASE / 3).with_own(&SANDBOX.parse().expect("a constant URL")),
            queue: Queue::InProcess(mailbox.sender()),
            clock,
            public_url: URL.parse().expect("a constant URL"),
            lease: LEASE,
            sandbox_table: TABLES[2].into(),
        };
        let deployment = Deployment::of(&parts.into()).await;
        // The same in all worlds: its keys follow from the secret.
        if CLIENT_DOCUMENT.get().is_none() {
            let document = deployment.answer(Ask::get(METADATA_PATH)).await.text;
            CLIENT_DOCUMENT.get_or_init(|| document);
        }
        Self { time, engine, gate, injector, trace, network, mailbox, deployment, actors: AtomicUsize::new(0) }
    }

    /// Runs an invocation of a function.
    pub(crate) async fn act<T>(&self, role: &str, work: impl Future<Output = T>) -> Ended<T> {
        let number = self.actors.fetch_add(1, Ordering::Relaxed);
        let actor = Actor::new(role, number, self.injector.skew(), limit(role));
        actor.run(work).await
    }

    /// Asks the API; `None` if the function ended without an answer.
    pub(crate) async fn ask(&self, ask: Ask) -> Option<TestResponse> {
        let (method, path, role) = (ask.method().clone(), ask.path().to_owned(), Deployment::function(&ask));
        // A query can have a code of the sandbox, which is random.
        let path = path.split('?').next().unwrap_or_default();
        self.trace.line(&format!("{method} {path}"));
        // Large futures: on the heap.
        let ended = Box::pin(self.act(role, self.deployment.answer(ask))).await;
        let Ended::Returned(answer) = ended else {
            self.trace.line(&format!("{method} {path} -> no answer"));
            return None;
        };
        self.trace.line(&format!("{method} {path} -> {} {}", answer.status.as_u16(), answer.code()));
        Some(answer)
    }

    /// A call of the engine that is no part of the simulated system.
    pub(crate) async fn raw(&self, operation: &str, input: &Value) -> Value {
        let answer = self.engine.answer(format!("DynamoDB_20120810.{operation}"), input.to_string()).await;
        serde_json::from_str(&answer.body).unwrap_or_default()
    }

    /// Every item of a table.
    pub(crate) async fn items(&self, table: &str) -> Vec<Value> {
        self.raw("Scan", &json!({ "TableName": table })).await["Items"].as_array().cloned().unwrap_or_default()
    }
}

fn client(http: SharedHttpClient, time: VirtualTime) -> Client {
    let config = schema::on_this_machine(http)
        .time_source(time)
        // The SDK's own is shared by all clients of a process, so a run would depend on those before it.
        .retry_partition(RetryPartition::custom("simulation").build());
    Client::from_conf(config.build())
}

fn sandbox(dynamodb: Client, time: VirtualTime) -> Sandbox {
    let config = sandbox::Config {
        table: TABLES[2].into(),
        public_url: SANDBOX.into(),
        apps: vec![sandbox::App {
            client_id: CLIENT_ID.into(),
            client_secret: CLIENT_SECRET.into(),
            redirect_uris: PlatformId::ALL.map(|platform| format!("{URL}/connect/{platform}/callback")).into(),
        }],
        fetch: Arc::new(|url| Box::pin(std::future::ready(fetch(&url)))),
    };
    Sandbox::new(dynamodb, config, Arc::new(move || platform_time(&time)))
}

/// The only file in this world is the document of our client at Bluesky.
fn fetch(url: &str) -> Option<sandbox::Fetched> {
    let document = CLIENT_DOCUMENT.get().filter(|_| url.ends_with(METADATA_PATH))?;
    Some(sandbox::Fetched {
        content_type: "application/json".into(),
        bytes: document.len() as u64,
        head: document.clone().into(),
    })
}

fn sites() -> Sites {
    let mut sites = shared::site::sites("{}", Some(SANDBOX.parse().expect("a constant URL"))).expect("no credentials");
    sites.sandbox_app = Some(App { client_id: CLIENT_ID.into(), client_secret: Secret::new(CLIENT_SECRET) });
    sites.at = Some(AtNetwork {
        resolver: SANDBOX.parse().expect("a constant URL"),
        plc: SANDBOX.parse().expect("a constant URL"),
        keys: Some(ClientKeys::parse(SECRET).expect("a constant keyring")),
    });
    sites
}
