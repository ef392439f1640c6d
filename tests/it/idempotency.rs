//! Repeating a request, and how often one may ask. One table, a file for each part of it; every row names who says so:
//!
//! - "Stripe": Stripe's API reference, *Idempotent requests*; "draft": draft-ietf-httpapi-idempotency-key-header-06, by the
//!   title of its section; "limits draft": draft-ietf-httpapi-ratelimit-headers-06, by field
//! - RFC 6750 bearer tokens; RFC 8785 canonical JSON; RFC 8941 structured fields; RFC 9110 HTTP
//! - "ours": our own contract, where the others leave it open or where it departs from them

mod actions;
mod at_once;
mod callers;
mod form;
mod limits;
mod moved;
mod refusals;
mod same;

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
    testing::{Answer, Ask},
};

use crate::world::World;

/// What stands before the first step of a row.
struct Stage {
    world: World,
    /// A client with an account, and one with none.
    client: String,
    account: String,
    other: String,
    /// Another key of the agency; two that are bound to the client, and one to the other; one that may only read clients.
    second: String,
    bound: String,
    bound_too: String,
    bound_other: String,
    narrow: String,
    /// The agency's test mode, and another agency.
    test: String,
    stranger: String,
    /// What the actions are for.
    post: Mutex<String>,
}

impl Stage {
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

    /// A POST by the agency's own key, with the idempotency key `k`.
    fn ask(&self, path: &str, body: &Value) -> Ask {
        Ask::post(path, body).idempotency_key("k").key(&self.world.key)
    }

    fn new_client(&self, name: &str) -> Ask {
        self.ask("/v1/clients", &json!({ "name": name }))
    }

    fn invite(&self, client: &str) -> Ask {
        self.ask(&format!("/v1/clients/{client}/connect-invites"), &json!({ "platforms": ["x"], "expiresInHours": 48 }))
    }

    /// A post that is due in an hour of the day that every row begins with.
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

    /// The newest of a list's things, as one of its fields names it.
    async fn newest(&self, list: &str, field: &str) -> String {
        let list = self.world.ask(Ask::get(list).key(&self.world.key)).await.data();
        list[0][field].as_str().unwrap().to_owned()
    }

    async fn delete(&self, path: &str) {
        let answer = self.world.ask(Ask::new(Method::DELETE, path).key(&self.world.key)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

enum Act {
    Ask(fn(&Stage) -> Ask),
    AtOnce(usize, fn(&Stage, usize) -> Ask),
    Pass(Duration),
    Then(for<'a> fn(&'a Stage) -> BoxFuture<'a, ()>),
}

/// What is answered. Things made are counted from 0.
enum Is {
    /// A success that is no replay, and a thing that was not there.
    New,
    /// The very answer of that thing's creation, said to be a replay.
    Replay(usize),
    /// As a replay, but for the key's secret, which is told once.
    Untold(usize),
    /// A replay that says what has become of the thing.
    Status(&'static str),
    /// 200 with the thing that stands, and no replay.
    Known(usize),
    /// The same, said to be a replay.
    KnownReplay(usize),
    /// A success, and no replay.
    Fine,
    No(u16, &'static str),
    /// Of many: one is new, and all others are its replay.
    OneNew,
    /// As that, and one alone tells the key's secret.
    OneKey,
    /// Of many: one is new, and all others are refused.
    OneAndNo(u16, &'static str),
}

struct Row {
    source: &'static str,
    says: &'static str,
    /// What is done, what is answered, and which headers that has or has not.
    steps: Vec<(Act, Is, Vec<Header>)>,
}

type Header = (&'static str, Option<&'static str>);

fn row(source: &'static str, says: &'static str) -> Row {
    Row { source, says, steps: Vec::new() }
}

impl Row {
    fn ask(self, ask: fn(&Stage) -> Ask, is: Is) -> Self {
        self.step(Act::Ask(ask), is)
    }

    /// The last answer has this header, or has none of that name.
    fn header(mut self, name: &'static str, value: impl Into<Option<&'static str>>) -> Self {
        self.steps.last_mut().unwrap().2.push((name, value.into()));
        self
    }

    fn at_once(self, many: usize, ask: fn(&Stage, usize) -> Ask, is: Is) -> Self {
        self.step(Act::AtOnce(many, ask), is)
    }

    fn pass(self, time: Duration) -> Self {
        self.step(Act::Pass(time), Is::Fine)
    }

    fn then(self, act: for<'a> fn(&'a Stage) -> BoxFuture<'a, ()>) -> Self {
        self.step(Act::Then(act), Is::Fine)
    }

    fn step(mut self, act: Act, is: Is) -> Self {
        self.steps.push((act, is, Vec::new()));
        self
    }

    /// What does not hold.
    async fn broken(&self) -> Option<String> {
        let (stage, mut made) = (Stage::new().await, Vec::new());
        for (n, (act, is, headers)) in self.steps.iter().enumerate() {
            let answers = match act {
                Act::Ask(ask) => vec![stage.world.ask(ask(&stage)).await],
                Act::AtOnce(many, ask) => join_all((0..*many).map(|n| stage.world.ask(ask(&stage, n)))).await,
                Act::Pass(time) => {
                    stage.world.clock.advance(*time);
                    continue;
                }
                Act::Then(act) => {
                    act(&stage).await;
                    continue;
                }
            };
            let last = answers.last().unwrap();
            let held = is.holds(&answers, &mut made) && headers.iter().all(|(name, value)| last.header(name) == *value);
            if !held {
                let found = (last.status, &last.headers, &last.text);
                return Some(format!("{} ({}), step {n}: {found:?}", self.says, self.source));
            }
        }
        None
    }
}

fn is_replay(answer: &Answer) -> bool {
    answer.header("idempotent-replayed") == Some("true")
}

fn is_no(answer: &Answer, status: u16, code: &str) -> bool {
    (answer.status.as_u16(), answer.code().as_str()) == (status, code) && !is_replay(answer)
}

impl Is {
    fn holds(&self, answers: &[Answer], made: &mut Vec<(u16, Value)>) -> bool {
        let one = &answers[0];
        let said = |answer: &Answer| (answer.status.as_u16(), answer.data());
        match self {
            Self::New => {
                let is_new = one.status.is_success() && !is_replay(one) && !made.iter().any(|(_, old)| same(old, one));
                made.push(said(one));
                is_new
            }
            Self::Replay(n) => is_replay(one) && said(one) == made[*n],
            Self::Untold(n) => {
                let (status, mut key) = made[*n].clone();
                is_replay(one)
                    && key.as_object_mut().unwrap().shift_remove("key").is_some()
                    && said(one) == (status, key)
            }
            Self::Status(status) => is_replay(one) && one.status == 201 && one.data()["status"] == *status,
            Self::Known(n) => one.status == 200 && !is_replay(one) && one.data() == made[*n].1,
            Self::KnownReplay(n) => one.status == 200 && is_replay(one) && one.data() == made[*n].1,
            Self::Fine => one.status.is_success() && !is_replay(one),
            Self::No(status, code) => is_no(one, *status, code),
            Self::OneNew => {
                let first = answers.iter().filter(|answer| !is_replay(answer)).count();
                first == 1 && one.status.is_success() && answers.iter().all(|answer| said(answer) == said(one))
            }
            Self::OneKey => {
                let told = answers.iter().filter(|answer| answer.data().get("key").is_some()).count();
                let first = answers.iter().filter(|answer| !is_replay(answer)).count();
                (told, first) == (1, 1) && answers.iter().all(|answer| answer.data()["id"] == one.data()["id"])
            }
            Self::OneAndNo(status, code) => {
                let made = answers.iter().filter(|answer| answer.status.is_success() && !is_replay(answer)).count();
                made == 1 && answers.iter().filter(|answer| is_no(answer, *status, code)).count() == answers.len() - 1
            }
        }
    }
}

/// Whether an answer is of a thing that was made before.
fn same(made: &Value, answer: &Answer) -> bool {
    let id = |thing: &Value| [&thing["id"], &thing["inviteId"]].map(Clone::clone);
    id(made) == id(&answer.data()) && id(made) != [Value::Null, Value::Null]
}

async fn hold(rows: Vec<Row>) {
    let broken = join_all(rows.iter().map(Row::broken)).await;
    let broken: Vec<String> = broken.into_iter().flatten().collect();
    assert!(broken.is_empty(), "{} rows do not hold:\n{}", broken.len(), broken.join("\n"));
}

#[tokio::test]
async fn a_key_has_one_form() {
    hold(form::rows()).await;
}

#[tokio::test]
async fn the_same_request_again_is_answered_as_the_first() {
    hold(same::rows()).await;
}

#[tokio::test]
async fn a_key_is_its_callers() {
    hold(callers::rows()).await;
}

#[tokio::test]
async fn what_was_refused_leaves_no_trace() {
    hold(refusals::rows()).await;
}

#[tokio::test]
async fn a_replay_is_answered_whatever_has_become_of_what_was_made() {
    hold(moved::rows()).await;
}

#[tokio::test]
async fn what_is_done_to_a_thing_is_done_once() {
    hold(actions::rows()).await;
}

#[tokio::test]
async fn an_hour_has_so_many_requests() {
    hold(limits::rows()).await;
}

#[test]
fn the_table_has_sixty_rows_and_each_its_source() {
    let rows = [form::rows, same::rows, callers::rows, refusals::rows, moved::rows, actions::rows, limits::rows];
    let sources: Vec<&str> = rows.iter().flat_map(|rows| rows()).map(|row| row.source).collect();
    println!("{} rows", sources.len());
    assert!(sources.len() >= 60 && sources.iter().all(|source| !source.is_empty()), "{}", sources.len());
}
