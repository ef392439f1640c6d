//! The SDK's HTTP client over the engine in this process, with faults.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use engine::{Answer, DynamoDb};
use serde_json::{Value, json};

use crate::{
    actor,
    call::{Call, Medium},
    fault::{Fault, PAST_THE_LEASE, SLOW},
    injector::Injector,
    mutation::mutated,
    trace::Trace,
};

/// Between the parts of a read that is not of one moment.
const PAUSE: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub(crate) struct Database(Arc<Inner>);

struct Inner {
    engine: DynamoDb,
    injector: Arc<Injector>,
    trace: Arc<Trace>,
    /// The last answer of each partition of an index.
    pages: Mutex<HashMap<String, Answer>>,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database")
    }
}

impl Database {
    pub(crate) fn new(engine: DynamoDb, injector: Arc<Injector>, trace: Arc<Trace>) -> Self {
        Self(Arc::new(Inner { engine, injector, trace, pages: Mutex::default() }))
    }

    pub(crate) fn http_client(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(self.clone());
        http_client_fn(move |_, _| connector.clone())
    }

    async fn answer(&self, target: String, body: Vec<u8>) -> Result<Answer, ConnectorError> {
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let call = call(&operation, &String::from_utf8_lossy(&body));
        let body = mutated(&call.role, &operation, body);
        let fate = self.0.injector.decide(&call);
        tokio::time::sleep(fate.latency).await;
        let answered = self.suffer(fate.fault, &call, target, body).await;
        let outcome = match &answered {
            Ok(answer) => format!("{} {}", answer.status, refusal(answer)),
            Err(error) => error.to_string(),
        };
        let fault = fate.fault.map(|fault| format!(" [{fault}]")).unwrap_or_default();
        self.0.trace.line(&format!("{:>4}{fault} {} -> {}", fate.position, call.what, outcome.trim_end()));
        tokio::time::sleep(fate.latency).await;
        answered
    }

    async fn suffer(
        &self,
        fault: Option<Fault>,
        call: &Call,
        target: String,
        body: Vec<u8>,
    ) -> Result<Answer, ConnectorError> {
        let lost = || Err(ConnectorError::io("the connection broke".into()));
        let Some(fault) = fault else { return Ok(self.apply(call, target, body).await) };
        match fault {
            Fault::NotSent | Fault::Unreachable => return lost(),
            Fault::AnswerLost | Fault::AnswerLostForGood => {
                self.apply(call, target, body).await;
                return lost();
            }
            Fault::Late5 | Fault::Late40 => {
                self.apply_later(target, body, if fault == Fault::Late5 { 5 } else { 40 });
                return lost();
            }
            Fault::Slow | Fault::AnswerDelayed => {
                let answer = self.apply(call, target, body).await;
                self.0.trace.line("     the answer is delayed");
                tokio::time::sleep(if fault == Fault::Slow { SLOW } else { PAST_THE_LEASE }).await;
                return Ok(answer);
            }
            Fault::Delayed => {
                self.0.trace.line("     the call is delayed");
                tokio::time::sleep(PAST_THE_LEASE).await;
            }
            Fault::Stalled => {
                self.0.trace.line("     the call stalls");
                std::future::pending::<()>().await;
            }
            Fault::Throttled | Fault::ThrottledForGood => {
                return Ok(problem("ProvisionedThroughputExceededException", Vec::new()));
            }
            Fault::Conflict | Fault::ConflictForGood => return Ok(conflict(&body)),
            Fault::Unprocessed => {
                let (first, rest) = halves(&body);
                let mut answer = self.apply(call, target, first).await;
                answer.body = with(&answer.body, "UnprocessedKeys", rest["RequestItems"].clone());
                return Ok(answer);
            }
            Fault::Torn => {
                let (first, rest) = halves(&body);
                let mut answer = self.apply(call, target.clone(), first).await;
                tokio::time::sleep(PAUSE).await;
                let rest = self.apply(call, target, rest.to_string().into()).await;
                answer.body = joined(&answer.body, &rest.body);
                return Ok(answer);
            }
            Fault::Paged => {
                let body = with(&String::from_utf8_lossy(&body), "Limit", json!(2));
                let answer = self.apply(call, target, body.into()).await;
                tokio::time::sleep(PAUSE).await;
                return Ok(answer);
            }
            Fault::StaleIndex => {
                let page = partition(&body).and_then(|key| self.pages().get(&key).cloned());
                let nothing = || Answer { status: 200, body: json!({ "Count": 0, "Items": [] }).to_string() };
                return Ok(page.unwrap_or_else(nothing));
            }
            Fault::KilledBefore => {
                self.0.trace.line("     killed before the call");
                return actor::kill().await;
            }
            Fault::KilledAfter => {
                self.apply(call, target, body).await;
                self.0.trace.line("     killed after the call");
                return actor::kill().await;
            }
            // These do not apply to the database.
            Fault::Vanished | Fault::ServerError | Fault::KilledThenLate | Fault::Late30m => {}
            Fault::Dropped | Fault::Duplicated | Fault::Reordered | Fault::Blocked => {}
            Fault::Skewed | Fault::Expires | Fault::Uploads => {}
        }
        Ok(self.apply(call, target, body).await)
    }

    async fn apply(&self, call: &Call, target: String, body: Vec<u8>) -> Answer {
        let page = if call.index { partition(&body) } else { None };
        let answer = self.0.engine.answer(target, body).await;
        if call.what == "UpdateItem main" && answer.status == 200 {
            actor::saved(self.0.trace.now());
        }
        if let Some(page) = page {
            self.pages().insert(page, answer.clone());
        }
        answer
    }

    fn apply_later(&self, target: String, body: Vec<u8>, seconds: u64) {
        let this = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            let answer = this.0.engine.answer(target.clone(), body).await;
            this.0.trace.line(&format!("     a late {target} -> {} {}", answer.status, refusal(&answer)));
        });
    }

    fn pages(&self) -> std::sync::MutexGuard<'_, HashMap<String, Answer>> {
        self.0.pages.lock().expect("nothing panics while it holds this lock")
    }
}

impl HttpConnector for Database {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
            let body = request.body().bytes().unwrap_or_default().to_vec();
            let answer = this.answer(target, body).await?;
            let status = answer.status.try_into().map_err(|error| ConnectorError::other(Box::new(error), None))?;
            Ok(HttpResponse::new(status, answer.body.into()))
        })
    }
}

fn call(operation: &str, body: &str) -> Call {
    // Not parsed: every call passes here, and bodies can be large.
    let named = |field: &str| body.split_once(&format!("\"{field}\":\""))?.1.split('"').next();
    let what = match (named("TableName"), named("IndexName")) {
        (Some(table), Some(index)) => format!("{operation} {table}/{index}"),
        (Some(table), None) if operation != "TransactWriteItems" => format!("{operation} {table}"),
        _ => operation.to_owned(),
    };
    let writes = ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"].contains(&operation);
    let role = actor::current().map_or_else(|| "world".to_owned(), |actor| actor.role.clone());
    Call { medium: Medium::Database, role, what, writes, index: named("IndexName").is_some() }
}

/// Identifies the partition of an index that a query reads from its start.
fn partition(body: &[u8]) -> Option<String> {
    let input: Value = serde_json::from_slice(body).ok()?;
    let values = input["ExpressionAttributeValues"].as_object()?;
    // Bounds in numbers move with the time; the partition's key is a string.
    let mut strings: Vec<&str> = values.values().filter_map(|value| value["S"].as_str()).collect();
    strings.sort_unstable();
    input["ExclusiveStartKey"].is_null().then(|| format!("{} {strings:?}", input["IndexName"]))
}

fn problem(kind: &str, more: Vec<(&str, Value)>) -> Answer {
    let mut body =
        json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": "a simulated fault" });
    for (name, value) in more {
        body[name] = value;
    }
    Answer { status: 400, body: body.to_string() }
}

fn conflict(body: &[u8]) -> Answer {
    let input: Value = serde_json::from_slice(body).unwrap_or_default();
    match input["TransactItems"].as_array() {
        None => problem("TransactionConflictException", Vec::new()),
        Some(items) => {
            // One item is in another transaction.
            let code = |n| if n + 1 == items.len() { "TransactionConflict" } else { "None" };
            let reasons: Vec<Value> = (0..items.len()).map(|n| json!({ "Code": code(n) })).collect();
            problem("TransactionCanceledException", vec![("CancellationReasons", reasons.into())])
        }
    }
}

/// A `BatchGetItem` as two, of which the second may be without keys.
fn halves(body: &[u8]) -> (Vec<u8>, Value) {
    let mut first: Value = serde_json::from_slice(body).unwrap_or_default();
    let mut rest = first.clone();
    for (table, own) in first["RequestItems"].as_object_mut().into_iter().flatten() {
        let keys = own["Keys"].as_array_mut().map(std::mem::take).unwrap_or_default();
        let (before, after) = keys.split_at(keys.len().div_ceil(2));
        own["Keys"] = before.into();
        rest["RequestItems"][table]["Keys"] = after.into();
    }
    if rest["RequestItems"].as_object().is_some_and(|all| all.values().all(|own| own["Keys"] == json!([]))) {
        rest["RequestItems"] = json!({});
    }
    (first.to_string().into(), rest)
}

fn with(body: &str, name: &str, value: Value) -> String {
    let mut body: Value = serde_json::from_str(body).unwrap_or_default();
    body[name] = value;
    body.to_string()
}

/// The answers to both halves of a `BatchGetItem`.
fn joined(first: &str, rest: &str) -> String {
    let mut first: Value = serde_json::from_str(first).unwrap_or_default();
    let rest: Value = serde_json::from_str(rest).unwrap_or_default();
    for (table, items) in rest["Responses"].as_object().into_iter().flatten() {
        if let Some(own) = first["Responses"][table].as_array_mut() {
            own.extend(items.as_array().cloned().unwrap_or_default());
        }
    }
    first.to_string()
}

/// The name of an error, without its namespace.
fn refusal(answer: &Answer) -> String {
    if answer.status == 200 {
        return String::new();
    }
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    body["__type"].as_str().and_then(|kind| kind.rsplit('#').next()).unwrap_or_default().to_owned()
}
