//! The functions' network: the sandbox, with faults. It notes when the first byte of each commit leaves.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use http::{Method, StatusCode};
use sandbox::Sandbox;
use serde_json::Value;
use shared::net::{Reach, Request, Response, SendError, Transport};

use crate::{
    actor,
    call::{Call, Medium},
    fault::{Fault, PAST_THE_LEASE, SLOW},
    injector::Injector,
    marker::Marker,
    platform::Platform,
    time::VirtualTime,
    trace::Trace,
};

/// The URL of the sandbox.
pub(crate) const SANDBOX: &str = "http://sandbox.test";

/// In seconds.
const ADMITTED_FOR: u64 = 60;

tokio::task_local! {
    static ADMITTED_AT: Option<DateTime<Utc>>;
}

/// The time by the clock of the platforms, which judge a request by when it was admitted.
pub(crate) fn platform_time(time: &VirtualTime) -> DateTime<Utc> {
    ADMITTED_AT.try_with(|at| *at).ok().flatten().unwrap_or_else(|| time.now())
}

/// A request that makes a post public, when its first byte leaves.
#[derive(Debug, Clone)]
pub(crate) struct Commit {
    pub(crate) at: DateTime<Utc>,
    /// When it was put on record.
    pub(crate) begun: DateTime<Utc>,
    pub(crate) marker: Marker,
    pub(crate) platform: &'static str,
}

#[derive(Clone)]
pub(crate) struct Network(Arc<Inner>);

struct Inner {
    sandbox: Sandbox,
    injector: Arc<Injector>,
    trace: Arc<Trace>,
    time: VirtualTime,
    commits: Mutex<Vec<Commit>>,
    /// The platform's ids of what is prepared for a post: containers, uploads.
    prepared: Mutex<BTreeMap<String, Marker>>,
}

impl Network {
    pub(crate) fn new(sandbox: Sandbox, injector: Arc<Injector>, trace: Arc<Trace>, time: VirtualTime) -> Self {
        Self(Arc::new(Inner { sandbox, injector, trace, time, commits: Mutex::default(), prepared: Mutex::default() }))
    }

    /// Sends a request to the sandbox; `None` if the sandbox loses its answer.
    pub(crate) async fn sandbox(&self, request: Request) -> Option<Response> {
        match self.0.sandbox.answer(request).await {
            sandbox::Answer::Response(answer) => Some(answer),
            sandbox::Answer::Lost => None,
            sandbox::Answer::Never => std::future::pending().await,
        }
    }

    /// The commits so far.
    pub(crate) fn commits(&self) -> Vec<Commit> {
        self.0.commits.lock().expect("nothing panics while it holds this lock").clone()
    }

    async fn exchange(&self, request: Request) -> Result<Response, SendError> {
        if !request.uri().to_string().starts_with(SANDBOX) {
            return Err(SendError::NotSent("there is no such server in this world".into()));
        }
        let call = call(&request);
        let fate = self.0.injector.decide(&call);
        tokio::time::sleep(fate.latency).await;
        if !matches!(fate.fault, Some(Fault::NotSent | Fault::KilledBefore)) {
            self.leaves(&request);
        }
        let answered = self.suffer(fate.fault, request).await;
        let outcome = match &answered {
            Ok(answer) => answer.status().as_u16().to_string(),
            Err(error) => error.to_string(),
        };
        let fault = fate.fault.map(|fault| format!(" [{fault}]")).unwrap_or_default();
        self.0.trace.line(&format!("{:>4}{fault} {} -> {outcome}", fate.position, call.what));
        tokio::time::sleep(fate.latency).await;
        answered
    }

    async fn suffer(&self, fault: Option<Fault>, request: Request) -> Result<Response, SendError> {
        let lost = || Err(SendError::OutcomeUnknown("the connection broke".into()));
        match fault {
            Some(Fault::NotSent) => return Err(SendError::NotSent("no such host".into())),
            Some(Fault::Vanished) => return lost(),
            Some(Fault::ServerError) => {
                let answer = http::Response::builder().status(StatusCode::SERVICE_UNAVAILABLE).body(Bytes::new());
                return Ok(answer.expect("a constant answer"));
            }
            Some(Fault::AnswerLost) => {
                self.apply(request).await;
                return lost();
            }
            Some(fault @ (Fault::Late5 | Fault::Late40 | Fault::Late30m)) => {
                let seconds = match fault {
                    Fault::Late5 => 5,
                    Fault::Late40 => 40,
                    _ => 1800,
                };
                self.apply_later(request, seconds);
                return lost();
            }
            Some(Fault::Slow) => {
                let answer = self.apply(request).await;
                self.0.trace.line("     the answer is delayed");
                tokio::time::sleep(SLOW).await;
                return answer.map_or_else(lost, Ok);
            }
            Some(Fault::AnswerDelayed) => {
                self.apply(request).await;
                self.0.trace.line("     the answer is delayed");
                tokio::time::sleep(PAST_THE_LEASE).await;
                return lost();
            }
            Some(Fault::Stalled) => {
                self.0.trace.line("     the call stalls");
                return std::future::pending().await;
            }
            Some(Fault::KilledBefore) => {
                self.0.trace.line("     killed before the call");
                return actor::kill().await;
            }
            Some(Fault::KilledAfter) => {
                self.apply(request).await;
                self.0.trace.line("     killed after the call");
                return actor::kill().await;
            }
            Some(Fault::KilledThenLate) => {
                self.apply_later(request, 40);
                self.0.trace.line("     killed, and the call is late");
                return actor::kill().await;
            }
            _ => {}
        }
        self.apply(request).await.map_or_else(lost, Ok)
    }

    async fn apply(&self, request: Request) -> Option<Response> {
        let prepares = (request.method() == Method::POST).then(|| self.marker(&request)).flatten();
        let answer = self.sandbox(request).await?;
        if let Some(marker) = prepares {
            let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
            let mut prepared = self.0.prepared.lock().expect("nothing panics while it holds this lock");
            ids(&body, &mut |id| _ = prepared.insert(id.to_owned(), marker));
        }
        Some(answer)
    }

    fn apply_later(&self, request: Request, seconds: u64) {
        let (this, admitted_at) = (self.clone(), self.0.time.now());
        // A platform admits what is sent for a few minutes. What lands later was admitted before.
        let admitted_at = (seconds > ADMITTED_FOR).then_some(admitted_at);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            let what = call(&request).what;
            let applied = ADMITTED_AT.scope(admitted_at, this.apply(request));
            let status = applied.await.map(|answer| answer.status().as_u16());
            this.0.trace.line(&format!("     a late {what} -> {}", status.unwrap_or_default()));
        });
    }

    /// Notes a commit.
    fn leaves(&self, request: &Request) {
        let Some(platform) = Platform::of(request).filter(|platform| platform.commits(request)) else { return };
        let Some(marker) = self.marker(request) else { return };
        let at = self.0.time.now();
        let commit = Commit { at, begun: actor::saved_at().unwrap_or(at), marker, platform: platform.id.as_str() };
        self.0.trace.line(&format!("     a commit of {marker} leaves for {}", commit.platform));
        self.0.commits.lock().expect("nothing panics while it holds this lock").push(commit);
    }

    /// The post that a request is about: by its text, or by an id that the platform gave before.
    fn marker(&self, request: &Request) -> Option<Marker> {
        let body = String::from_utf8_lossy(request.body());
        let uri = request.uri().to_string();
        if let Some(marker) = Marker::find(&body).or_else(|| Marker::find(&uri)) {
            return Some(marker);
        }
        let prepared = self.0.prepared.lock().expect("nothing panics while it holds this lock");
        prepared.iter().find(|(id, _)| uri.contains(*id) || body.contains(*id)).map(|(_, marker)| *marker)
    }
}

impl Transport for Network {
    fn send(&self, request: Request, _: Reach) -> BoxFuture<'_, Result<Response, SendError>> {
        Box::pin(self.exchange(request))
    }
}

fn call(request: &Request) -> Call {
    let path: Vec<&str> = request
        .uri()
        .path()
        .split('/')
        .map(|part| if part.bytes().filter(u8::is_ascii_digit).count() > 5 { "*" } else { part })
        .collect();
    let role = actor::current().map_or_else(|| "world".to_owned(), |actor| actor.role.clone());
    let writes = ![Method::GET, Method::HEAD].contains(request.method());
    let what = format!("{} {}", request.method(), path.join("/"));
    Call { medium: Medium::Platform, role, what, writes, index: false }
}

/// Calls `found` with each text in an answer that looks like an id.
fn ids(answer: &Value, found: &mut impl FnMut(&str)) {
    match answer {
        Value::String(text) if text.bytes().filter(u8::is_ascii_digit).count() > 5 => found(text),
        Value::Array(all) => all.iter().for_each(|value| ids(value, found)),
        Value::Object(all) => all.values().for_each(|value| ids(value, found)),
        _ => {}
    }
}
