//! The functions' network, without sockets: the sandbox, files, and answers of a test's hook.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use sandbox::Sandbox;
use serde_json::Value;
use shared::net::{Reach, Request, Response, SendError, Transport};

use super::{Files, SANDBOX};
use crate::permissions::Iam;

/// A test's answer or failure for a request; with `None` the sandbox answers.
pub(crate) type Hook = Arc<dyn Fn(&Request) -> Option<Result<Response, SendError>> + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Network(Arc<Inner>);

struct Inner {
    sandbox: Sandbox,
    files: Files,
    iam: Iam,
    hook: Mutex<Option<Hook>>,
    seen: Mutex<Vec<String>>,
}

impl Network {
    pub(crate) fn new(sandbox: Sandbox, files: Files, iam: Iam) -> Self {
        Self(Arc::new(Inner { sandbox, files, iam, hook: Mutex::default(), seen: Mutex::default() }))
    }

    /// Sets the hook, which is called before the sandbox.
    pub(crate) fn hook(&self, hook: impl Fn(&Request) -> Option<Result<Response, SendError>> + Send + Sync + 'static) {
        *self.0.hook.lock().unwrap() = Some(Arc::new(hook));
    }

    pub(crate) fn unhook(&self) {
        *self.0.hook.lock().unwrap() = None;
    }

    /// The requests since this was last called: method and URL without its query.
    pub(crate) fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.0.seen.lock().unwrap())
    }

    /// Sends a request to the sandbox; `None` if the sandbox loses its answer.
    pub(crate) async fn sandbox(&self, request: Request) -> Option<Response> {
        match self.0.iam.act("serve-sandbox", self.0.sandbox.answer(request)).await {
            sandbox::Answer::Response(answer) => Some(answer),
            sandbox::Answer::Lost => None,
            sandbox::Answer::Never => std::future::pending().await,
        }
    }

    /// Reads JSON from the sandbox.
    pub(crate) async fn get(&self, url: &str) -> Value {
        let request = http::Request::get(url).body(Bytes::new()).unwrap();
        serde_json::from_slice(self.sandbox(request).await.unwrap().body()).unwrap()
    }
}

impl Transport for Network {
    fn send(&self, request: Request, _: Reach) -> BoxFuture<'_, Result<Response, SendError>> {
        let address = request.uri().to_string();
        let address = address.split('?').next().unwrap_or_default();
        self.0.seen.lock().unwrap().push(format!("{} {address}", request.method()));
        let hook = self.0.hook.lock().unwrap().clone();
        if let Some(answer) = hook.and_then(|hook| hook(&request)) {
            return Box::pin(std::future::ready(answer));
        }
        if let Some(answer) = self.0.files.answer(&request) {
            return Box::pin(std::future::ready(Ok(answer)));
        }
        Box::pin(async move {
            if !request.uri().to_string().starts_with(SANDBOX) {
                return Err(SendError::NotSent("there is no such server in this world".into()));
            }
            self.sandbox(request).await.ok_or_else(|| SendError::OutcomeUnknown("the connection broke".into()))
        })
    }
}
