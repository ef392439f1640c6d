//! The agency: it takes the scenario's steps by requests to the API, and records every answer.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use chrono::{DateTime, Utc};
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use shared::testing::{Ask, TestResponse};

use crate::{
    feed::publications,
    files::File,
    fixture::{Connected, Fixture, connect},
    marker::Marker,
    network::SANDBOX,
    platform::Platform,
    record::{Deed, Event, Kind, Observation, Record},
    step::{Scenario, Step, When},
    world::{TABLES, World},
};

/// The waits before a request without an answer is repeated.
const AGAIN: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(20)];

pub(crate) struct Agency {
    world: Arc<World>,
    fixture: &'static Fixture,
    scenario: Scenario,
    began: DateTime<Utc>,
    state: Mutex<State>,
}

struct State {
    record: Record,
    /// The id of each post, once an answer named it.
    ids: Vec<Option<String>>,
    /// The last version of each post's content.
    versions: Vec<usize>,
}

impl Agency {
    pub(crate) fn new(world: Arc<World>, fixture: &'static Fixture, scenario: Scenario) -> Self {
        let posts = scenario.posts.len();
        let state = State { record: Record::default(), ids: vec![None; posts], versions: vec![0; posts] };
        Self { began: world.time.now(), world, fixture, scenario, state: Mutex::new(state) }
    }

    pub(crate) fn record(&self) -> Record {
        std::mem::take(&mut self.state().record)
    }

    pub(crate) async fn take(&self, step: Step) {
        match step {
            Step::Create(post) => self.create(post).await,
            Step::Edit(post, when) => self.edit(post, when).await,
            Step::Cancel(post) => self.cancel(post).await,
            Step::Retry(post) => self.retry(post).await,
            Step::Resolve(post) => self.resolve(post).await,
            Step::Read(post) => _ = self.read(post).await,
            Step::List => self.list().await,
            Step::Disconnect(account) => {
                let path = format!("/v1/accounts/{}", self.fixture.accounts[account].id);
                self.world.ask(self.signed(Ask::new(Method::DELETE, &path))).await;
            }
            Step::Reconnect(account) => {
                let Connected { platform, handle, .. } = self.fixture.accounts[account];
                let Some(platform) = Platform::by_id(platform) else { return };
                connect(&self.world, &self.fixture.key, &self.fixture.client, platform, handle).await;
            }
            Step::Spoil(post, attribute) => self.spoil(post, attribute).await,
        }
    }

    /// Lists the posts and reads each one.
    pub(crate) async fn read_all(&self) {
        self.list().await;
        for post in 0..self.scenario.posts.len() {
            self.read(post).await;
        }
    }

    /// The whole log of events.
    pub(crate) async fn events(&self) -> Vec<Event> {
        let (mut events, mut path) = (Vec::new(), "/v1/events?limit=100".to_owned());
        while let Some(answer) = self.world.ask(self.signed(Ask::get(&path))).await {
            let page = answer.json();
            events.extend(page["data"].as_array().into_iter().flatten().filter_map(|event| self.event(event)));
            if page["page"]["hasMore"] != true {
                break;
            }
            path = format!("/v1/events?limit=100&cursor={}", page["page"]["nextCursor"].as_str().unwrap_or_default());
        }
        events
    }

    fn event(&self, event: &Value) -> Option<Event> {
        let (kind, data) = (event["type"].as_str()?.to_owned(), &event["data"]);
        let post = self.state().ids.iter().position(|id| id.as_deref() == data["postId"].as_str())?;
        let (account, status) = (self.account(&data["accountId"]), data["status"].as_str()?.to_owned());
        let at = event["createdAt"].as_str()?.parse().ok()?;
        Some(Event { id: event["id"].as_str()?.to_owned(), kind, post, account, status, at })
    }

    async fn create(&self, post: usize) {
        let plan = &self.scenario.posts[post];
        let accounts: Vec<&Connected> = plan.accounts.iter().map(|account| &self.fixture.accounts[*account]).collect();
        let platforms = accounts.iter().filter_map(|account| Platform::by_id(account.platform));
        let options: Map<_, _> = platforms.filter_map(|it| Some((it.id.as_str().to_owned(), it.options()?))).collect();
        let mut body = json!({
            "clientId": self.fixture.client,
            "content": self.text(post, 0),
            "targets": { "mode": "selection", "accountIds": accounts.iter().map(|it| &it.id).collect::<Vec<_>>() },
            "schedule": self.schedule(plan.when),
            "overrides": self.overrides(post, 0),
            "platformOptions": options,
        });
        if let Some(before) = plan.publish_before {
            body["publishBefore"] = json!(self.began + before);
        }
        for wait in AGAIN.into_iter().map(Some).chain([None]) {
            let ask = self.signed(Ask::post("/v1/posts", &body)).idempotency_key(&format!("simulated-post-{post}"));
            let answer = self.observed(ask).await;
            match (answer, wait) {
                (Some(answer), _) if !answer.status.is_server_error() => return,
                (_, Some(wait)) => tokio::time::sleep(wait).await,
                (_, None) => {}
            }
        }
    }

    async fn edit(&self, post: usize, when: Option<When>) {
        let Some(path) = self.path(post) else { return };
        let version = {
            let mut state = self.state();
            state.versions[post] += 1;
            state.versions[post]
        };
        let mut body = json!({ "content": self.text(post, version), "overrides": self.overrides(post, version) });
        if let Some(when) = when {
            body["schedule"] = self.schedule(when);
        }
        let ask = Ask::new(Method::PATCH, &path).header("content-type", "application/json").body(body.to_string());
        self.change(post, Kind::Edit(version), ask, |data| self.accounts(&data["applied"])).await;
    }

    /// Tries again for a while if a worker is at work or nothing answers.
    async fn cancel(&self, post: usize) {
        let Some(path) = self.path(post) else { return };
        for wait in AGAIN {
            let left = |data: &Value| {
                let targets = data["targets"].as_array()?.iter();
                let ended =
                    |target: &&Value| ["published", "failed"].contains(&target["status"].as_str().unwrap_or(""));
                Some(targets.filter(|it| !ended(it)).filter_map(|it| self.account(&it["accountId"])).collect())
            };
            if self.change(post, Kind::Cancel, Ask::new(Method::DELETE, &path), left).await {
                return;
            }
            tokio::time::sleep(wait).await;
        }
    }

    async fn retry(&self, post: usize) {
        let Some(path) = self.path(post) else { return };
        let ask = Ask::post(&format!("{path}/retry"), &json!({}));
        self.change(post, Kind::Retry, ask, |data| self.accounts(&data["accountIds"])).await;
    }

    async fn resolve(&self, post: usize) {
        let (Some(path), Some(answer)) = (self.path(post), self.read(post).await) else { return };
        let there = publications(&self.world.network).await;
        for target in answer.data()["targets"].as_array().into_iter().flatten() {
            let Some(account) = self.account(&target["accountId"]).filter(|_| target["status"] == "unconfirmed") else {
                continue;
            };
            let published = there.iter().any(|it| it.marker.post == post && it.marker.account == account);
            let path = format!("{path}/targets/{}/resolve", self.fixture.accounts[account].id);
            let ask = Ask::post(&path, &json!({ "as": if published { "published" } else { "not_published" } }));
            self.change(post, Kind::Resolve { account, published }, ask, |_| Some(vec![account])).await;
        }
    }

    async fn read(&self, post: usize) -> Option<TestResponse> {
        let path = self.path(post)?;
        self.observed(self.signed(Ask::get(&path))).await
    }

    async fn spoil(&self, post: usize, attribute: &str) {
        let Some(id) = self.state().ids[post].clone() else { return };
        let id = id.trim_start_matches("post_");
        for item in self.world.items(TABLES[0]).await {
            let [pk, sk] = ["pk", "sk"].map(|name| item[name]["S"].as_str().unwrap_or_default());
            if pk.ends_with(id) && sk.starts_with("TARGET#") {
                let update = json!({
                    "TableName": TABLES[0],
                    "Key": { "pk": { "S": pk }, "sk": { "S": sk } },
                    "UpdateExpression": "SET target.#it = :spoiled",
                    "ExpressionAttributeNames": { "#it": attribute },
                    "ExpressionAttributeValues": { ":spoiled": { "S": "spoiled" } },
                });
                let answer = self.world.raw("UpdateItem", &update).await;
                assert_eq!(answer, json!({}), "{sk} of {pk} is spoiled");
            }
        }
    }

    async fn list(&self) {
        let path = format!("/v1/posts?clientId={}&limit=100", self.fixture.client);
        self.observed(self.signed(Ask::get(&path))).await;
    }

    /// Asks for a change and records it; whether it was done.
    async fn change(
        &self,
        post: usize,
        kind: Kind,
        ask: Ask,
        accounts: impl FnOnce(&Value) -> Option<Vec<usize>>,
    ) -> bool {
        let asked_at = self.world.time.now();
        // A caller does not know whether a server error came before or after the change.
        let answer = self.observed(self.signed(ask)).await.filter(|answer| !answer.status.is_server_error());
        let done = answer.as_ref().is_some_and(|answer| answer.status.is_success());
        let accounts = answer.as_ref().filter(|_| done).and_then(|answer| accounts(&answer.data()));
        let answered_at = answer.map(|_| self.world.time.now());
        self.state().record.deeds.push(Deed { kind, post, asked_at, answered_at, done, accounts });
        done
    }

    /// Asks, and records the statuses in the answer.
    async fn observed(&self, ask: Ask) -> Option<TestResponse> {
        let asked_at = self.world.time.now();
        let what = format!("{} {}", ask.method(), ask.path());
        let answer = self.world.ask(ask).await?;
        if answer.status == StatusCode::INTERNAL_SERVER_ERROR {
            self.state().record.internal.push(format!("{what} at {asked_at}"));
        }
        if answer.status.is_success() {
            let data = answer.data();
            for post in data.as_array().unwrap_or(&vec![data.clone()]) {
                self.observe(post, asked_at);
            }
        }
        Some(answer)
    }

    fn observe(&self, data: &Value, asked_at: DateTime<Utc>) {
        let Some(marker) = data["content"].as_str().and_then(Marker::find) else { return };
        let at = self.world.time.now();
        let mut state = self.state();
        state.ids[marker.post] = data["id"].as_str().map(ToOwned::to_owned);
        state.record.posts.extend(data["status"].as_str().map(|status| (marker.post, status.to_owned())));
        for target in data["targets"].as_array().into_iter().flatten() {
            let (Some(account), Some(status)) = (self.account(&target["accountId"]), target["status"].as_str()) else {
                continue;
            };
            let connected = &self.fixture.accounts[account];
            self.world.trace.line(&format!("     post {} on {}: {status}", marker.post, connected.platform));
            let status = status.to_owned();
            state.record.observations.push(Observation { asked_at, at, post: marker.post, account, status });
        }
    }

    fn schedule(&self, when: When) -> Value {
        match when {
            When::Now => json!({ "type": "now" }),
            When::Draft => json!({ "type": "draft" }),
            When::At(at) => json!({ "type": "at", "scheduledAt": self.began + at }),
        }
    }

    /// The content of a post.
    fn text(&self, post: usize, version: usize) -> String {
        self.own_text(post, version, self.scenario.posts[post].accounts[0])
    }

    /// The content for an account.
    fn own_text(&self, post: usize, version: usize, account: usize) -> String {
        let text = format!("Hello {} {}", Marker { post, version, account }, self.scenario.posts[post].script);
        text.trim_end().to_owned()
    }

    /// What each account gets instead: its own text and its platform's files.
    fn overrides(&self, post: usize, version: usize) -> Map<String, Value> {
        let plan = &self.scenario.posts[post];
        let own = |account: &usize| {
            let Connected { id, platform, .. } = &self.fixture.accounts[*account];
            let mut own = json!({ "content": self.own_text(post, version, *account) });
            let files =
                Platform::by_id(platform).map_or(&[] as &[File], |platform| platform.files(plan.files, version));
            if !files.is_empty() {
                let marker = Marker { post, version, account: *account };
                own["media"] = files.iter().map(|file| medium(file, marker)).collect();
            }
            (id.clone(), own)
        };
        plan.accounts.iter().map(own).collect()
    }

    fn signed(&self, ask: Ask) -> Ask {
        ask.key(&self.fixture.key)
    }

    /// The path of a post whose id is known.
    fn path(&self, post: usize) -> Option<String> {
        self.state().ids[post].as_ref().map(|id| format!("/v1/posts/{id}"))
    }

    fn account(&self, id: &Value) -> Option<usize> {
        self.fixture.accounts.iter().position(|account| *id == account.id.as_str())
    }

    fn accounts(&self, ids: &Value) -> Option<Vec<usize>> {
        Some(ids.as_array()?.iter().filter_map(|id| self.account(id)).collect())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds this lock")
    }
}

/// A file as a request names it.
fn medium(file: &File, marker: Marker) -> Value {
    let mut medium = json!({ "url": format!("{SANDBOX}/media/{}", file.name) });
    if let Some(description) = file.description(marker) {
        medium["altText"] = description.into();
    }
    medium
}
