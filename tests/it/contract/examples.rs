//! Records the document's examples: the responses of a deployment with a fixed clock to the same requests in the same order.

use std::collections::BTreeMap;

use chrono::Duration;
use data_encoding::BASE64URL_NOPAD;
use http::Method;
use serde_json::{Value, json};
use shared::{
    agency::LogoFile,
    api::{Error, Request, Response},
    id::AgencyId,
    lambda::respond,
    net::SendError,
    store::{self, Limits},
    tenant::Mode,
    testing::{Ask, TestResponse},
};

use super::answers::operation;
use crate::{
    permissions::Policies,
    publish::is_commit,
    world::{Browser, SANDBOX, URL, World},
};

#[derive(Default)]
pub(super) struct Examples {
    /// Request bodies by operation.
    pub(super) bodies: BTreeMap<&'static str, Value>,
    /// Responses by operation and status.
    pub(super) answers: BTreeMap<(&'static str, u16), Value>,
    /// Problems by code.
    pub(super) problems: BTreeMap<String, Value>,
}

struct Recorder {
    world: World,
    key: String,
    /// Values that vary or are secret, each with its replacement.
    masks: Vec<(String, String)>,
    examples: Examples,
    calls: BTreeMap<&'static str, BTreeMap<String, usize>>,
    /// Number of requests so far.
    asked: usize,
}

/// Well-formed, and obviously not a real key.
const KEY: &str = "obh_live_EXAMPLEexampleEXAMPLEexampleEXAMPLEexampleEXAMPLEexampleEXAMPLEexampleEXAMPLE";
const TOKEN: &str = "inv_EXAMPLEexampleEXAMPLEexampleEXAMPLEexample";
const PUBLIC: &str = "https://api.example.com";

/// The results of the example requests.
pub(crate) struct Recorded {
    pub(super) examples: Examples,
    /// DynamoDB's calls of the last successful request of each operation.
    pub(crate) calls: BTreeMap<&'static str, BTreeMap<String, usize>>,
    /// The permissions that each function used.
    pub(crate) used: Policies,
}

pub(crate) async fn record() -> Recorded {
    // On the heap, because a test thread has a small stack.
    Box::pin(recorded()).await
}

async fn recorded() -> Recorded {
    let world = World::new().await;
    let agency = AgencyId::from_bytes(*b"an example of an");
    let limits = Limits { reads: 600, writes: 300 };
    let key = world.agency_with(agency, Mode::Live, limits, |_| {}).await;
    let masks = [(URL, PUBLIC), (SANDBOX, "https://sandbox.example.com")];
    let masks = masks.map(|(own, shown)| (own.to_owned(), shown.to_owned())).into();
    let mut recorder = Recorder { world, key, masks, examples: Examples::default(), calls: BTreeMap::new(), asked: 0 };
    recorder.flow().await;
    recorder.settings().await;
    recorder.keys().await;
    recorder.problems().await;
    recorder.ask_as_it_is(Ask::get("/oauth/client-metadata.json")).await;
    recorder.persons().await;
    recorder.end()
}

impl Recorder {
    /// Sends a request and records it with its response.
    async fn ask(&mut self, ask: Ask) -> Value {
        let ask = ask.key(&self.key);
        self.ask_as_it_is(ask).await
    }

    /// Sends a GET for the path. Reads are not counted, so adding one does not change other examples.
    async fn read(&mut self, path: &str) -> Value {
        let ask = Ask::get(path).key(&self.key);
        self.ask_exactly(ask).await
    }

    async fn ask_as_it_is(&mut self, ask: Ask) -> Value {
        self.asked += 1;
        // Ids are derived from the idempotency key, so they are reproducible.
        let key = format!("example-{}", self.asked);
        let ask = if ask.has("idempotency-key") { ask.idempotency_key(&key) } else { ask };
        self.ask_exactly(ask).await
    }

    async fn ask_exactly(&mut self, ask: Ask) -> Value {
        let ask = ask.header("x-correlation-id", "c-1f0b5a0e-9f5c-4d5e-8f43-2f5a4be7c1d0");
        let id = operation(ask.method().as_str(), ask.path()).unwrap();
        let sent = ask.sent().and_then(|body| serde_json::from_str::<Value>(body).ok());
        let _ = self.world.engine.calls();
        let answer = self.world.ask(ask).await;
        let json = answer.json();
        if answer.status.is_success() {
            self.calls.insert(id, self.world.engine.calls());
            self.examples.bodies.extend(sent.map(|body| (id, body)));
            self.examples.answers.insert((id, answer.status.as_u16()), json.clone());
        } else {
            self.examples.problems.insert(answer.code(), json.clone());
        }
        json["data"].clone()
    }

    /// What a platform tells about somebody who connected an account.
    async fn persons(&mut self) {
        crate::persons::connect(&self.world, &self.key, "demo_cafe").await;
        let (user_id, _) = crate::persons::ids(&self.world).await;
        let signed = |secret| crate::persons::signed(&self.world, &user_id, secret);
        let told = |path: &str, signed_request: &str| {
            Ask::new(Method::POST, path)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(format!("signed_request={signed_request}"))
        };
        let (genuine, forged) = (signed(crate::persons::SECRET), signed("another secret"));
        self.ask_as_it_is(told("/connect/instagram/deauthorize", &genuine)).await;
        self.ask_as_it_is(told("/connect/instagram/deauthorize", &forged)).await;
        self.ask_as_it_is(told("/connect/instagram/data-deletion", &genuine)).await;
        let answers = &self.examples.answers;
        let code = answers.values().find_map(|answer| answer["confirmation_code"].as_str()).unwrap().to_owned();
        self.world.ask(Ask::get(&format!("/connect/instagram/data-deletion/{code}"))).await;
        self.masks.push((code, "3f2b8c1e-5a0d-4f7e-9c61-7b1d2e8a4c90".to_owned()));
    }

    /// Creates a client, mints a link, connects an account, posts.
    async fn flow(&mut self) {
        let body = json!({ "name": "Autoloom Detailing", "type": "brand" });
        let client = self.ask(Ask::post("/v1/clients", &body)).await;
        self.ask(Ask::post("/v1/clients", &body)).await;
        let client = client["id"].as_str().unwrap();
        self.ask(Ask::get("/v1/clients?limit=20")).await;
        self.ask(Ask::get(&format!("/v1/clients/{client}"))).await;

        let invites = format!("/v1/clients/{client}/connect-invites");
        let body = json!({ "platforms": ["x", "tiktok"], "expiresInHours": 72 });
        let invite = self.ask(Ask::post(&invites, &body)).await;
        let token = invite["token"].as_str().unwrap();
        self.masks.push((token.to_owned(), TOKEN.to_owned()));
        for account in ["x", "tiktok"] {
            self.world.clock.advance(Duration::minutes(5));
            let link = format!("/invite/{token}");
            let page = Browser::default().connect(&self.world, &link, account, "demo_shop").await;
            assert_eq!(page.status, 200, "{}", page.text);
        }
        let invite = format!("/v1/connect-invites/{}", invite["inviteId"].as_str().unwrap());
        self.ask(Ask::get(&invite)).await;
        self.ask(Ask::get(&invites)).await;
        self.ask(Ask::new(Method::DELETE, &invite)).await;
        let accounts = self.ask(Ask::get(&format!("/v1/accounts?clientId={client}"))).await;
        let account = |n: usize| accounts[n]["id"].as_str().unwrap().to_owned();
        self.read(&format!("/v1/accounts/{}", account(0))).await;
        self.posts(client, &account(0)).await;
        self.ask(Ask::new(Method::DELETE, &format!("/v1/accounts/{}", account(1)))).await;
    }

    async fn posts(&mut self, client: &str, account: &str) {
        let at = self.world.now() + Duration::hours(2);
        let body = json!({
            "clientId": client,
            "content": "New drop is live 🚗",
            "targets": { "mode": "selection", "accountIds": [account] },
            "schedule": { "type": "at", "scheduledAt": at },
        });
        self.ask(Ask::post("/v1/posts/validate", &body)).await;
        let post = self.ask(Ask::post("/v1/posts", &body)).await;
        let post = format!("/v1/posts/{}", post["id"].as_str().unwrap());
        let schedule = json!({ "type": "at", "scheduledAt": "2026-07-01T18:00:00", "timezone": "Europe/Berlin" });
        let change = json!({ "content": "New drop is live today 🚗", "schedule": schedule });
        self.ask(Ask::new(Method::PATCH, &post).header("content-type", "application/json").body(change.to_string()))
            .await;

        // The first try is refused, the second one's response is lost, the third one succeeds.
        let forbidden = json!({ "title": "Forbidden", "detail": "You are not permitted to perform this action." });
        let refusal = crate::publish::answer(403, &forbidden);
        self.world.network.hook(move |request| is_commit(request).then(|| Ok(refusal.clone())));
        self.world.clock.set("2026-07-01T16:00:00Z".parse().unwrap());
        self.world.tick().await;
        self.world.deliver().await;
        let retry = || Ask::post(&format!("{post}/retry"), &json!({}));
        self.world
            .network
            .hook(|request| is_commit(request).then(|| Err(SendError::OutcomeUnknown("no answer came".into()))));
        self.ask(retry()).await;
        self.world.deliver().await;
        let resolve = format!("{post}/targets/{account}/resolve");
        self.ask(Ask::post(&resolve, &json!({ "as": "not_published" }))).await;
        self.world.network.unhook();
        self.world.ask(retry().key(&self.key).idempotency_key("again")).await;
        self.world.deliver().await;
        self.ask(Ask::get(&post)).await;
        self.ask(Ask::get(&format!("/v1/posts?clientId={client}&limit=20"))).await;
        // The last 30 seconds are not in the log yet.
        self.world.clock.advance(Duration::minutes(1));
        self.read(&format!("/v1/events?clientId={client}&limit=20")).await;
        // None of its targets has failed.
        self.ask(retry()).await;

        let at = self.world.now() + Duration::hours(2);
        let body = json!({
            "clientId": client,
            "content": "Too soon",
            "targets": { "mode": "selection", "accountIds": [account] },
            "schedule": { "type": "at", "scheduledAt": at },
        });
        // The first creation is the example.
        let ask = Ask::post("/v1/posts", &body).key(&self.key).idempotency_key("withdrawn");
        let withdrawn = self.world.ask(ask).await.data();
        self.ask(Ask::new(Method::DELETE, &format!("/v1/posts/{}", withdrawn["id"].as_str().unwrap()))).await;
    }

    async fn settings(&mut self) {
        let change = json!({ "color": "#0b5fd9", "logo": LogoFile::EXAMPLE, "returnUrls": ["https://app.example.com/connected"] });
        let ask =
            Ask::new(Method::PATCH, "/v1/agency").header("content-type", "application/json").body(change.to_string());
        self.ask(ask).await;
        self.ask(Ask::get("/v1/agency")).await;
    }

    async fn keys(&mut self) {
        let body = json!({ "label": "Scheduler", "scopes": ["posts.compose", "posts.read"], "expiresInDays": 90 });
        let key = self.ask(Ask::post("/v1/api-keys", &body)).await;
        self.masks.push((key["key"].as_str().unwrap().to_owned(), KEY.to_owned()));
        // The id of the agency's first key is random.
        let first = key["mintedBy"].as_str().unwrap().to_owned();
        self.masks.push((first, "key_aaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned()));
        self.ask(Ask::get("/v1/api-keys")).await;
        self.ask(Ask::new(Method::DELETE, &format!("/v1/api-keys/{}?minted=true", key["id"].as_str().unwrap()))).await;
    }

    async fn problems(&mut self) {
        let none = Limits { reads: 0, writes: 0 };
        let limited = self.world.agency_with(AgencyId::random(), Mode::Live, none, |_| {}).await;
        let unscoped =
            self.world.agency_with(AgencyId::random(), Mode::Live, none, |record| record.scopes.clear()).await;
        let good = || Ask::post("/v1/clients", &json!({ "name": "Autoloom Detailing" }));
        let large = format!("{{\"name\":\"{}\"}}", "a".repeat(256 * 1024));
        self.ask(good().body("{\"name\":")).await;
        self.ask(good().body(large)).await;
        self.ask(good().header("content-type", "text/plain")).await;
        self.ask(good().body(json!({ "type": "pet", "title": "Autoloom" }).to_string())).await;
        self.ask(good().header("x-api-key", "another")).await;
        self.ask(Ask::get("/v1/clients/cl_aaaaaaaaaaaaaaaaaaaaaaaaaa")).await;
        self.ask(Ask::get("/v1/clients?cursor=x")).await;
        let expired = serde_json::to_vec(&("events", "2020-07-01T12:00:00.000Z~0")).unwrap();
        self.read(&format!("/v1/events?cursor={}", BASE64URL_NOPAD.encode(&expired))).await;
        self.ask_as_it_is(good().key(&unscoped)).await;
        self.ask_as_it_is(good().key(&limited)).await;
        self.ask_as_it_is(good()).await;
        let key = self.key.clone();
        self.ask_exactly(good().key(&key).without("idempotency-key")).await;
        self.ask_exactly(good().key(&key).idempotency_key(" ")).await;
        self.ask_exactly(good().key(&key).idempotency_key("example-1")).await;
        for error in [Error::internal("an example"), store::Error::Busy.into()] {
            let request = Ask::get("/").header("x-correlation-id", "c-1f0b5a0e-9f5c-4d5e-8f43-2f5a4be7c1d0").build();
            let error = std::sync::Mutex::new(Some(error));
            let handle =
                |(): &(), _: Request| std::future::ready(Err::<Response, _>(error.lock().unwrap().take().unwrap()));
            let answer = TestResponse::read(respond(&(), handle, request).await);
            self.examples.problems.insert(answer.code(), answer.json());
        }
    }

    fn end(self) -> Recorded {
        let Examples { bodies, answers, problems } = self.examples;
        let mask = |value: Value| {
            let text = self.masks.iter().fold(value.to_string(), |text, (secret, fake)| text.replace(secret, fake));
            serde_json::from_str(&text).unwrap()
        };
        let examples = Examples {
            bodies: bodies.into_iter().map(|(at, body)| (at, mask(body))).collect(),
            answers: answers.into_iter().map(|(at, answer)| (at, mask(answer))).collect(),
            problems: problems.into_iter().map(|(at, problem)| (at, mask(problem))).collect(),
        };
        Recorded { examples, calls: self.calls, used: self.world.iam.used() }
    }
}
