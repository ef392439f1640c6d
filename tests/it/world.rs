//! A complete deployment in this process: every function, both tables, the sandbox, and a queue and a clock that the test
//! controls. Each test has its own world.

pub(crate) mod atproto;
mod browser;
mod files;
mod network;
mod platforms;

use std::{
    future::Future,
    sync::{Arc, Mutex},
    time::Duration,
};

use ::platforms::PlatformId;
use chrono::{DateTime, Utc};
use local::functions::Functions;
use serde_json::{Value, json};
use shared::{
    clock::Clock,
    deployment::Process,
    id::{AgencyId, ClientId, KeyId},
    key::ApiKey,
    net::HttpClient,
    queue::{Message, Queue},
    routes::Routes,
    scope::Scope,
    secrets::{ClientKeys, LinkKeys, VaultKeys},
    store::{Gate, KeyRecord, Limits, NewGate, Store},
    tenant::{Mode, Tenant},
    testing::{Ask, Engine, SetClock, TestResponse},
    tokens::{self, Issuer, Trust},
};

use crate::{contract, headers};

pub(crate) use browser::{Browser, PAGE_COOKIE, consent, consent_without, way_out};
pub(crate) use files::{Files, WITHOUT_LENGTH, film_head};
pub(crate) use network::Network;
pub(crate) use platforms::sites;

use crate::permissions::{Iam, Permission};
pub(crate) use shared::config::LEASE;

/// The public URL of this deployment.
pub(crate) const URL: &str = "https://api.test";
/// The URL of the sandbox.
pub(crate) const SANDBOX: &str = "http://sandbox.test";
/// The value of all master secrets.
pub(crate) const SECRET: &str = r#"{"1":"a secret of a test, long enough to be one"}"#;

/// Messages, each with its delivery time.
type Waiting = Arc<Mutex<Vec<(DateTime<Utc>, Message)>>>;

pub(crate) struct World {
    pub(crate) clock: SetClock,
    pub(crate) engine: Engine,
    pub(crate) iam: Iam,
    pub(crate) store: Store,
    pub(crate) gate: Gate,
    pub(crate) network: Network,
    pub(crate) files: Files,
    pub(crate) agency: AgencyId,
    /// The first agency's live key, with every scope.
    pub(crate) key: String,
    sent: Waiting,
    routes: Routes,
    /// On the heap, because a world is moved and a test thread has a small stack.
    pub(crate) functions: Box<Functions>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Box::pin(Self::trusting(None)).await
    }

    /// A world that also accepts an issuer's access tokens.
    pub(crate) async fn trusting(trust: Option<Trust>) -> Self {
        // A failing test shows the logs. A subscriber that another test installed works, too.
        let _ = tracing_subscriber::fmt().with_test_writer().with_max_level(tracing::Level::WARN).try_init();
        let set_clock = SetClock::default();
        let clock = set_clock.clock();
        let mut engine = Engine::start().await;
        let iam = Iam::default();
        engine.client = iam.guard(&engine.client);
        let files = Files::default();
        let sandbox = platforms::sandbox(&engine, &clock, &files);
        sandbox.create_table().await.unwrap();
        let network = Network::new(sandbox, files.clone(), iam.clone());
        let store = engine.store(&clock);
        let issuer = trust.map(|trust| Issuer::new(trust, HttpClient::new(network.clone(), tokens::TIMEOUT)));
        let gate = Gate::new(store.clone()).trusting(issuer);
        let sent = Waiting::default();
        let parts = Process {
            dynamodb: engine.client.clone(),
            gate: gate.clone(),
            store: store.clone(),
            vault: engine.vault(VaultKeys::parse(SECRET).unwrap()),
            link_keys: LinkKeys::parse(SECRET).unwrap(),
            client_keys: ClientKeys::parse(SECRET).unwrap(),
            sites: sites(),
            http: HttpClient::new(network.clone(), LEASE / 3).with_own(&SANDBOX.parse().unwrap()),
            queue: queue(&sent, &clock, &iam),
            clock,
            public_url: URL.parse().unwrap(),
            lease: LEASE,
            sandbox_table: "sandbox".into(),
        };
        let functions = Box::new(Functions::of(&parts.into()).await.unwrap());
        let mut world = Self {
            agency: AgencyId::random(),
            key: String::new(),
            routes: Routes::of_this_build(),
            functions,
            clock: set_clock,
            engine,
            iam,
            store,
            gate,
            network,
            files,
            sent,
        };
        world.key = world.agency(world.agency, Mode::Live).await;
        world.publish_client_document(&world.functions.client_metadata).await;
        world
    }

    /// Makes our metadata document, as this function serves it, available to the sandbox's Bluesky.
    pub(crate) async fn publish_client_document(&self, function: &client_metadata::Deps) {
        let path = ::platforms::atproto_client::METADATA_PATH;
        let answer = shared::lambda::respond(function, client_metadata::handle, Ask::get(path).build()).await;
        let answer = TestResponse::read(answer);
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.files.put(&format!("{URL}{path}"), answer.text);
    }

    /// Sets the total time of a request for its calls to platforms.
    pub(crate) fn hurry(&mut self, patience: Duration) {
        self.functions.redeem_invite.patience = patience;
        self.functions.disconnect_account.patience = patience;
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.clock().now()
    }

    /// Creates an agency's gate in one mode, with limits that no test reaches by accident. Returns the agency's key.
    pub(crate) async fn agency(&self, agency: AgencyId, mode: Mode) -> String {
        self.agency_with(agency, mode, Limits { reads: 100_000, writes: 100_000 }, |_| {}).await
    }

    /// Like [`Self::agency`], with other limits and a key modified by `change`.
    pub(crate) async fn agency_with(
        &self,
        agency: AgencyId,
        mode: Mode,
        limits: Limits,
        change: impl FnOnce(&mut KeyRecord),
    ) -> String {
        let tenant = Tenant { agency, mode };
        let key = ApiKey::generate(tenant, KeyId::random());
        let mut record = KeyRecord {
            digest: data_encoding::HEXLOWER.encode(&key.digest),
            scopes: Scope::ALL.to_vec(),
            expires_at: (self.now() + chrono::Duration::days(365)).timestamp(),
            client: None,
            label: "test".into(),
            last_used: None,
            minted: None,
        };
        change(&mut record);
        self.gate
            .insert(NewGate { tenant, name: "Acme Agency".into(), limits, keys: vec![(key.id, record)] }, self.now())
            .await
            .unwrap();
        key.text().expose().to_owned()
    }

    /// Another key of the first agency, with every scope, bound to `client`.
    pub(crate) async fn bound_key(&self, mode: Mode, client: ClientId) -> String {
        assert_eq!(mode, Mode::Live, "the first agency's live key mints it");
        let body = json!({ "label": "bound", "scopes": Scope::ALL, "clientId": client });
        let answer = self.ask(Ask::post("/v1/api-keys", &body).key(&self.key)).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.data()["key"].as_str().unwrap().to_owned()
    }

    /// Revokes a key with the same key.
    pub(crate) async fn revoke(&self, key: &str) {
        let path = format!("/v1/api-keys/{}", ApiKey::parse(key).unwrap().id);
        let answer = self.ask(Ask::new(http::Method::DELETE, &path).key(key)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }

    /// Routes a request to its function, as the gateway does.
    pub(crate) async fn ask(&self, ask: Ask) -> TestResponse {
        let (method, path) = (ask.method().to_string(), ask.path().to_owned());
        let (function, parameters) = self.routes.find(&method, path.split('?').next().unwrap());
        let mut ask = ask;
        for (name, values) in parameters {
            ask = ask.parameter(&name, &values[0]);
        }
        let request = ask.build();
        let body: Vec<u8> = request.body().to_vec();
        let answer = TestResponse::read(self.iam.act(function, self.functions.answer(function, request)).await);
        contract::hold(&method, &path, &body, &answer);
        headers::hold(&answer);
        answer
    }

    /// Creates a client of the first agency; returns its id.
    pub(crate) async fn client(&self, name: &str) -> String {
        let answer = self.ask(Ask::post("/v1/clients", &json!({ "name": name })).key(&self.key)).await;
        answer.data()["id"].as_str().unwrap().to_owned()
    }

    /// Mints a link for a client; returns its path, `/invite/inv_…`.
    pub(crate) async fn link(&self, client: &str, platforms: &[&str]) -> String {
        self.link_with(&self.key, client, platforms).await["url"].as_str().unwrap().replace(URL, "")
    }

    /// Mints an invite with a key; returns the invite.
    pub(crate) async fn link_with(&self, key: &str, client: &str, platforms: &[&str]) -> Value {
        let path = format!("/v1/clients/{client}/connect-invites");
        let answer = self.ask(Ask::post(&path, &json!({ "platforms": platforms })).key(key)).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.data()
    }

    /// The accounts of a client.
    pub(crate) async fn accounts(&self, client: &str) -> Vec<Value> {
        let answer = self.ask(Ask::get(&format!("/v1/accounts?clientId={client}&limit=100")).key(&self.key)).await;
        answer.data().as_array().unwrap_or_else(|| panic!("{}", answer.text)).clone()
    }

    /// Creates a client and connects an account on the sandbox's X; returns the ids of both.
    pub(crate) async fn connected(&self, account: &str) -> (String, String) {
        let client = self.client(&format!("Client of {account}")).await;
        let link = self.link(&client, &["x"]).await;
        let mut browser = Browser::default();
        let page = browser.connect_x(self, &link, account).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let accounts = self.accounts(&client).await;
        assert_eq!(accounts.len(), 1, "{}", page.text);
        (client, accounts[0]["id"].as_str().unwrap().to_owned())
    }

    /// Creates a post; returns the response's data.
    pub(crate) async fn post(&self, client: &str, accounts: &[&str], content: &str, schedule: Value) -> Value {
        let body = json!({
            "clientId": client,
            "content": content,
            "targets": { "mode": "selection", "accountIds": accounts },
            "schedule": schedule,
        });
        let answer = self.ask(Ask::post("/v1/posts", &body).key(&self.key)).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.data()
    }

    /// The current state of the post.
    pub(crate) async fn read(&self, post: &Value) -> Value {
        let path = format!("/v1/posts/{}", post["id"].as_str().unwrap());
        self.ask(Ask::get(&path).key(&self.key)).await.data()
    }

    /// The current state of the post's only target.
    pub(crate) async fn target(&self, post: &Value) -> Value {
        self.read(post).await["targets"][0].clone()
    }

    /// The waiting messages, each with its delivery time.
    pub(crate) fn waiting(&self) -> Vec<(DateTime<Utc>, Message)> {
        self.sent.lock().unwrap().clone()
    }

    /// Drops all waiting messages, as a crash of an in-process queue does.
    pub(crate) fn lose_messages(&self) {
        self.sent.lock().unwrap().clear();
    }

    /// Adds messages that were lost.
    pub(crate) fn restore(&self, messages: Vec<(DateTime<Utc>, Message)>) {
        self.sent.lock().unwrap().extend(messages);
    }

    /// Delivers due messages, including those sent meanwhile, until no message is due.
    pub(crate) async fn deliver(&self) {
        loop {
            let now = self.now();
            let due = {
                let mut sent = self.sent.lock().unwrap();
                let at = sent.iter().position(|(at, _)| *at <= now);
                at.map(|at| sent.remove(at).1)
            };
            let Some(message) = due else { return };
            self.take(message).await;
        }
    }

    /// Advances the clock and delivers the messages that become due, one by one.
    pub(crate) async fn pass(&self, time: chrono::Duration) {
        let end = self.now() + time;
        loop {
            self.deliver().await;
            let next = self.waiting().into_iter().map(|(at, _)| at).filter(|at| *at <= end).min();
            match next {
                Some(at) => self.clock.set(at.max(self.now())),
                None => break,
            }
        }
        self.clock.set(end.max(self.now()));
        self.deliver().await;
    }

    /// Delivers a message to the function that its queue calls.
    pub(crate) async fn take(&self, message: Message) {
        let function = if message.target.is_some() { "publish-target" } else { "open-post" };
        self.iam.act(function, self.functions.take(message)).await.unwrap();
    }

    /// Runs a worker in its role.
    pub(crate) async fn publish<T>(&self, work: impl Future<Output = T>) -> T {
        self.iam.act("publish-target", work).await
    }

    /// Runs the minute's tick; returns how long the oldest post has been overdue.
    pub(crate) async fn tick(&self) -> chrono::Duration {
        self.tick_report().await.oldest_overdue
    }

    pub(crate) async fn tick_report(&self) -> dispatch_due::Report {
        self.iam.act("dispatch-due", dispatch_due::handle(&self.functions.dispatch_due)).await.unwrap()
    }

    /// The texts on a sandbox account's feed, newest first.
    pub(crate) async fn feed(&self, account: &str) -> Vec<String> {
        let feed = self.network.get(&format!("{SANDBOX}/feed/x/{account}.json")).await;
        let posts = feed["posts"].as_array().unwrap().clone();
        posts.iter().map(|post| post["text"].as_str().unwrap().to_owned()).collect()
    }
}

fn queue(sent: &Waiting, clock: &Clock, iam: &Iam) -> Queue {
    let (sent, clock, iam) = (Arc::clone(sent), clock.clone(), iam.clone());
    Queue::InProcess(Arc::new(move |message, delay| {
        // A refused message is lost, and `Iam::act` reports it.
        let queue = match message.target.map(|target| target.platform) {
            None => "PostQueue",
            Some(PlatformId::Bluesky) => "BlueskyQueue",
            Some(PlatformId::Instagram) => "InstagramQueue",
            Some(PlatformId::TikTok) => "TikTokQueue",
            Some(PlatformId::X) => "XQueue",
        };
        if iam.ask(Permission::new("sqs:SendMessage", queue)).is_err() {
            return;
        }
        let at = clock.now() + chrono::Duration::from_std(delay).unwrap();
        sent.lock().unwrap().push((at, message));
    }))
}
