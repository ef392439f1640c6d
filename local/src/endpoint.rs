//! An endpoint that emulates AWS services for functions that run beside `local`: their `AWS_ENDPOINT_URL`. The header
//! `x-amz-target` names the service: DynamoDB calls go to the engine, secrets are returned, and messages are sent to the
//! queue of this process.
//!
//! A request must be signed with the process's access key, which is random and named by the file or environment that
//! names this endpoint. The signature is not verified. Requests of web pages are refused: they do not know the key, and
//! they send `Origin`.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use engine::DynamoDb;
use http::{Method, Response, StatusCode, header, request::Parts};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::queue::InProcess;
use tokio::sync::watch;
use url::Url;

use crate::{
    Sentence,
    data::random,
    server::{self, BodyLimits, Server, closing},
};

/// DynamoDB accepts at most 16 MB.
const BODY: BodyLimits = BodyLimits { size: 16 * 1024 * 1024, time: Duration::from_secs(30) };

/// The emulated services.
#[derive(Clone)]
pub struct Endpoint {
    engine: DynamoDb,
    access_key_id: String,
    /// Text of each secret, by its name.
    secrets: BTreeMap<&'static str, String>,
    queue: InProcess,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Batch {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    id: String,
    message_body: String,
    #[serde(default)]
    delay_seconds: u64,
}

impl Endpoint {
    #[must_use]
    pub fn new(engine: DynamoDb, secrets: BTreeMap<&'static str, String>, queue: InProcess) -> Self {
        Self { engine, access_key_id: random(), secrets, queue }
    }

    /// The id of the access key that calls are signed with.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// Listens on a free loopback port until the process ends; returns its URL.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn start(self) -> Result<Url, Sentence> {
        let server = server::bind(0).await?;
        let url = server.url.clone();
        tokio::spawn(async move {
            let (_never, stop) = watch::channel(false);
            self.serve(server, stop).await;
        });
        Ok(url)
    }

    pub(crate) async fn serve(self, server: Server, stop: watch::Receiver<bool>) {
        server::serve(server, stop, BODY, move |request| {
            let endpoint = self.clone();
            async move {
                let (parts, body) = request.into_parts();
                if let Some(refusal) = endpoint.refusal(&parts) {
                    return Some(closing(refusal));
                }
                Some(match body.read().await {
                    Ok(body) => endpoint.answer(&parts, body).await,
                    Err(refusal) => refusal,
                })
            }
        })
        .await;
    }

    /// Refuses requests of web pages, and those without the access key, before their body is read.
    fn refusal(&self, request: &Parts) -> Option<Response<Bytes>> {
        if request.headers.contains_key(header::ORIGIN) {
            let mut answer = refuse("AccessDeniedException", "This answers no pages in a browser.");
            *answer.status_mut() = StatusCode::FORBIDDEN;
            return Some(answer);
        }
        let is_signed = access_key_id(request).is_some_and(|id| constant_time_eq(id, &self.access_key_id));
        (!is_signed && !is_health_check(request))
            .then(|| refuse("UnrecognizedClientException", "The security token included in the request is invalid."))
    }

    /// Answers one call in the format of its service.
    async fn answer(&self, request: &Parts, body: Bytes) -> Response<Bytes> {
        match target(request) {
            "" if is_health_check(request) => Response::new(Bytes::from_static(b"healthy")),
            "secretsmanager.GetSecretValue" => self.secret(&body),
            "AmazonSQS.SendMessageBatch" => self.send(&body),
            target if target.starts_with("DynamoDB") => {
                let answer = self.engine.answer(target.to_owned(), body).await;
                let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                json(status, answer.body)
            }
            _ => refuse(
                "UnknownOperationException",
                "This answers calls of DynamoDB, GetSecretValue and SendMessageBatch.",
            ),
        }
    }

    fn secret(&self, asked: &[u8]) -> Response<Bytes> {
        let asked: Value = serde_json::from_slice(asked).unwrap_or_default();
        let id = asked.get("SecretId").and_then(Value::as_str).unwrap_or_default();
        match self.secrets.get(id) {
            Some(text) => say(StatusCode::OK, &json!({ "Name": id, "SecretString": text })),
            None => refuse("ResourceNotFoundException", "There is no such secret."),
        }
    }

    fn send(&self, batch: &[u8]) -> Response<Bytes> {
        let Ok(batch) = serde_json::from_slice::<Batch>(batch) else {
            return refuse("InvalidParameterValue", "That is no batch of messages.");
        };
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        for entry in batch.entries {
            let id = &entry.id;
            match serde_json::from_str(&entry.message_body) {
                Ok(message) => {
                    (self.queue)(message, Duration::from_secs(entry.delay_seconds));
                    successful.push(json!({ "Id": id, "MessageId": id, "MD5OfMessageBody": "" }));
                }
                Err(_) => failed.push(json!({ "Id": id, "Code": "InvalidMessageContents", "SenderFault": true })),
            }
        }
        say(StatusCode::OK, &json!({ "Successful": successful, "Failed": failed }))
    }
}

fn target(request: &Parts) -> &str {
    request.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default()
}

/// DynamoDB answers health checks without a signature.
fn is_health_check(request: &Parts) -> bool {
    request.method == Method::GET && target(request).is_empty()
}

/// Compares in constant time, so that the time of a refusal does not say how much of a guess is right.
fn constant_time_eq(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

/// The id of the access key that a request is signed with.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html>
fn access_key_id(request: &Parts) -> Option<&str> {
    let authorization = request.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (_, scope) = authorization.split_once("Credential=")?;
    scope.split('/').next()
}

fn say(status: StatusCode, body: &Value) -> Response<Bytes> {
    json(status, body.to_string())
}

fn json(status: StatusCode, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/x-amz-json-1.1"));
    response
}

fn refuse(kind: &str, sentence: &str) -> Response<Bytes> {
    say(StatusCode::BAD_REQUEST, &json!({ "__type": kind, "message": sentence }))
}

#[cfg(test)]
mod tests;
