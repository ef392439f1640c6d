//! Idempotency keys and rate limits, as one table of rows in several files. Every row names its source:
//!
//! - "Stripe": Stripe's API reference, *Idempotent requests*; "draft": draft-ietf-httpapi-idempotency-key-header-06, by the
//!   title of its section; "limits draft": draft-ietf-httpapi-ratelimit-headers-06, by field
//! - RFC 6750 bearer tokens; RFC 8785 canonical JSON; RFC 8941 structured fields; RFC 9110 HTTP
//! - "ours": our own contract, where the others leave it open or where it departs from them

mod actions;
mod callers;
mod concurrent;
mod key_format;
mod limits;
mod refusals;
mod replay_later;
mod same_request;

use std::sync::Mutex;

use chrono::Duration;
use futures_util::future::{BoxFuture, join_all};
use http::Method;
use serde_json::{Value, json};
use shared::{
    id::AgencyId,
    scope::Scope,
    store::Limits,
    tenant::{Mode, Tenant},
    testing::{Ask, TestResponse},
};

use crate::world::World;

/// The agency and its data at the start of each row.
struct Fixture {
    world: World,
    /// A client with an account, and one without.
    client: String,
    account: String,
    other: String,
    /// Other keys of the agency: an unbound one, two bound to the client, one bound to the other client, and one that may
    /// only read clients.
    second: String,
    bound: String,
    bound_too: String,
    bound_other: String,
    narrow: String,
    /// Keys of the agency's test mode, and of another agency.
    test: String,
    stranger: String,
    /// The post that the actions are for.
    post: Mutex<String>,
}

impl Fixture {
    async fn new() -> Self {
        let world = World::new().await;
        let (client, account) = world.connected("demo_shop").await;
        let other = world.client("Other").await;
        let key = async |scopes: &[Scope], client: Option<&str>| {
            let mut body = json!({ "label": "key", "scopes": scopes });
            if let Some(client) = client {
                body["clientId"] = json!(client);
            }
            let made = world.ask(Ask::post("/v1/api-keys", &body).key(&world.key)).await;
            made.data()["key"].as_str().unwrap().to_owned()
        };
        let second = key(&Scope::ALL, None).await;
        let (bound, bound_too) = (key(&Scope::ALL, Some(&client)).await, key(&Scope::ALL, Some(&client)).await);
        let (bound_other, narrow) = (key(&Scope::ALL, Some(&other)).await, key(&[Scope::ClientsRead], None).await);
        let test = world.agency(world.agency, Mode::Test).await;
        let stranger = world.agency(AgencyId::random(), Mode::Live).await;
        Self {
            world,
            client,
            account,
            other,
            second,
            bound,
            bound_too,
            bound_other,
            narrow,
            test,
            stranger,
            post: Mutex::default(),
        }
    }

    /// A POST with the agency's unbound key and the idempotency key `k`.
    fn ask(&self, path: &str, body: &Value) -> Ask {
        Ask::post(path, body).idempotency_key("k").key(&self.world.key)
    }

    fn new_client(&self, name: &str) -> Ask {
        self.ask("/v1/clients", &json!({ "name": name }))
    }

    fn invite(&self, client: &str) -> Ask {
        self.ask(&format!("/v1/clients/{client}/connect-invites"), &json!({ "platforms": ["x"], "expiresInHours": 48 }))
    }

    /// A post that is due an hour after the start of each row.
    fn post(&self, content: &str) -> Ask {
        let schedule = json!({ "type": "at", "scheduledAt": "2026-07-01T13:00:00Z" });
        let targets = json!({ "mode": "selection", "accountIds": [self.account] });
        let body = json!({ "clientId": self.client, "content": content, "targets": targets, "schedule": schedule });
        self.ask("/v1/posts", &body)
    }

    fn new_key(&self, label: &str) -> Ask {
        self.ask("/v1/api-keys", &json!({ "label": label, "scopes": ["clients.read"], "expiresInDays": 2 }))
    }

    fn read(&self) -> Ask {
        Ask::get(&format!("/v1/clients/{}", self.client)).key(&self.world.key)
    }

    /// A field of the first item of a list.
    async fn newest(&self, list: &str, field: &str) -> String {
        let list = self.world.ask(Ask::get(list).key(&self.world.key)).await.data();
        list[0][field].as_str().unwrap().to_owned()
    }

    async fn delete(&self, path: &str) {
        let answer = self.world.ask(Ask::new(Method::DELETE, path).key(&self.world.key)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

enum Step {
    Ask(fn(&Fixture) -> Ask),
    AtOnce(usize, fn(&Fixture, usize) -> Ask),
    Pass(Duration),
    Then(for<'a> fn(&'a Fixture) -> BoxFuture<'a, ()>),
}

/// The expected answer. Created resources are numbered from 0.
enum Expected {
    /// A success that is no replay, with a new resource.
    New,
    /// The answer of that resource's creation, marked as a replay.
    Replay(usize),
    /// As `Replay`, but without the key's secret, which only its creation answers.
    ReplayWithoutSecret(usize),
    /// A replay with the resource's current status.
    Status(&'static str),
    /// 200 with that existing resource, not marked as a replay.
    Existing(usize),
    /// The same, marked as a replay.
    ExistingReplay(usize),
    /// A success that is no replay.
    Success,
    /// A problem with this status and code.
    Refused(u16, &'static str),
    /// Of concurrent requests, one is new and all others are its replay.
    OneNew,
    /// The same, and exactly one answer has the key's secret.
    OneNewKey,
    /// Of concurrent requests, one is new and all others are refused.
    OneNewOthersRefused(u16, &'static str),
}

struct Row {
    source: &'static str,
    description: &'static str,
    /// Each step with its expected answer and that answer's expected headers.
    steps: Vec<(Step, Expected, Vec<Header>)>,
}

type Header = (&'static str, Option<&'static str>);

fn row(source: &'static str, description: &'static str) -> Row {
    Row { source, description, steps: Vec::new() }
}

impl Row {
    fn ask(self, ask: fn(&Fixture) -> Ask, expected: Expected) -> Self {
        self.step(Step::Ask(ask), expected)
    }

    /// Expects this header in the last answer, or none of that name.
    fn header(mut self, name: &'static str, value: impl Into<Option<&'static str>>) -> Self {
        self.steps.last_mut().unwrap().2.push((name, value.into()));
        self
    }

    fn at_once(self, many: usize, ask: fn(&Fixture, usize) -> Ask, expected: Expected) -> Self {
        self.step(Step::AtOnce(many, ask), expected)
    }

    fn pass(self, time: Duration) -> Self {
        self.step(Step::Pass(time), Expected::Success)
    }

    fn then(self, step: for<'a> fn(&'a Fixture) -> BoxFuture<'a, ()>) -> Self {
        self.step(Step::Then(step), Expected::Success)
    }

    fn step(mut self, step: Step, expected: Expected) -> Self {
        self.steps.push((step, expected, Vec::new()));
        self
    }

    /// Runs the row: a description of the first failed expectation, if any.
    async fn failure(&self) -> Option<String> {
        let (fixture, mut made) = (Fixture::new().await, Vec::new());
        for (n, (step, expected, headers)) in self.steps.iter().enumerate() {
            let answers = match step {
                Step::Ask(ask) => vec![fixture.world.ask(ask(&fixture)).await],
                Step::AtOnce(many, ask) => join_all((0..*many).map(|n| fixture.world.ask(ask(&fixture, n)))).await,
                Step::Pass(time) => {
                    fixture.world.clock.advance(*time);
                    continue;
                }
                Step::Then(step) => {
                    step(&fixture).await;
                    continue;
                }
            };
            let last = answers.last().unwrap();
            let held =
                expected.is_met(&answers, &mut made) && headers.iter().all(|(name, value)| last.header(name) == *value);
            if !held {
                let found = (last.status, &last.headers, &last.text);
                return Some(format!("{} ({}), step {n}: {found:?}", self.description, self.source));
            }
        }
        None
    }
}

fn is_replay(answer: &TestResponse) -> bool {
    answer.header("idempotent-replayed") == Some("true")
}

fn is_refused(answer: &TestResponse, status: u16, code: &str) -> bool {
    (answer.status.as_u16(), answer.code().as_str()) == (status, code) && !is_replay(answer)
}

impl Expected {
    fn is_met(&self, answers: &[TestResponse], made: &mut Vec<(u16, Value)>) -> bool {
        let one = &answers[0];
        let said = |answer: &TestResponse| (answer.status.as_u16(), answer.data());
        match self {
            Self::New => {
                let is_new = one.status.is_success() && !is_replay(one) && !made.iter().any(|(_, old)| same(old, one));
                made.push(said(one));
                is_new
            }
            Self::Replay(n) => is_replay(one) && said(one) == made[*n],
            Self::ReplayWithoutSecret(n) => {
                let (status, mut key) = made[*n].clone();
                is_replay(one)
                    && key.as_object_mut().unwrap().shift_remove("key").is_some()
                    && said(one) == (status, key)
            }
            Self::Status(status) => is_replay(one) && one.status == 201 && one.data()["status"] == *status,
            Self::Existing(n) => one.status == 200 && !is_replay(one) && one.data() == made[*n].1,
            Self::ExistingReplay(n) => one.status == 200 && is_replay(one) && one.data() == made[*n].1,
            Self::Success => one.status.is_success() && !is_replay(one),
            Self::Refused(status, code) => is_refused(one, *status, code),
            Self::OneNew => {
                let first = answers.iter().filter(|answer| !is_replay(answer)).count();
                first == 1 && one.status.is_success() && answers.iter().all(|answer| said(answer) == said(one))
            }
            Self::OneNewKey => {
                let with_secret = answers.iter().filter(|answer| answer.data().get("key").is_some()).count();
                let first = answers.iter().filter(|answer| !is_replay(answer)).count();
                (with_secret, first) == (1, 1) && answers.iter().all(|answer| answer.data()["id"] == one.data()["id"])
            }
            Self::OneNewOthersRefused(status, code) => {
                let made = answers.iter().filter(|answer| answer.status.is_success() && !is_replay(answer)).count();
                made == 1
                    && answers.iter().filter(|answer| is_refused(answer, *status, code)).count() == answers.len() - 1
            }
        }
    }
}

/// Whether an answer has the same resource as an earlier one.
fn same(made: &Value, answer: &TestResponse) -> bool {
    let id = |thing: &Value| [&thing["id"], &thing["inviteId"]].map(Clone::clone);
    id(made) == id(&answer.data()) && id(made) != [Value::Null, Value::Null]
}

async fn check(rows: Vec<Row>) {
    let failures = join_all(rows.iter().map(Row::failure)).await;
    let failures: Vec<String> = failures.into_iter().flatten().collect();
    assert!(failures.is_empty(), "{} rows failed:\n{}", failures.len(), failures.join("\n"));
}

#[tokio::test]
async fn idempotency_keys_have_one_format() {
    check(key_format::rows()).await;
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer() {
    check(same_request::rows()).await;
}

#[tokio::test]
async fn idempotency_keys_are_per_caller() {
    check(callers::rows()).await;
}

#[tokio::test]
async fn a_refused_request_does_not_use_up_its_idempotency_key() {
    check(refusals::rows()).await;
}

#[tokio::test]
async fn a_replay_is_answered_after_the_resource_has_changed() {
    check(replay_later::rows()).await;
}

#[tokio::test]
async fn a_repeated_action_is_done_once() {
    check(actions::rows()).await;
}

#[tokio::test]
async fn requests_are_limited_per_hour() {
    check(limits::rows()).await;
}

#[test]
fn the_table_has_at_least_sixty_rows_with_a_source_each() {
    let rows = [
        key_format::rows,
        same_request::rows,
        callers::rows,
        refusals::rows,
        replay_later::rows,
        actions::rows,
        limits::rows,
    ];
    let sources: Vec<&str> = rows.iter().flat_map(|rows| rows()).map(|row| row.source).collect();
    println!("{} rows", sources.len());
    assert!(sources.len() >= 60 && sources.iter().all(|source| !source.is_empty()), "{}", sources.len());
}
