//! An endpoint that emulates AWS services for functions that run beside `local`: their `AWS_ENDPOINT_URL`. The header
//! `x-amz-target` names the service: DynamoDB calls are forwarded to the engine, secrets are returned, and messages are
//! sent to the queue of this process.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::queue::InProcess;
use tokio::sync::watch;
use url::Url;

use crate::{
    Sentence,
    server::{self, Server},
};

/// DynamoDB accepts at most 16 MB.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// The emulated services.
#[derive(Clone)]
pub struct Endpoint {
    engine: SocketAddr,
    http: Client<HttpConnector, Full<Bytes>>,
    /// The text of each secret, by name.
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
    pub fn new(engine: SocketAddr, secrets: BTreeMap<&'static str, String>, queue: InProcess) -> Self {
        Self { engine, http: Client::builder(TokioExecutor::new()).build_http(), secrets, queue }
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
        server::serve(server, stop, LARGEST_BODY, move |request| {
            let endpoint = self.clone();
            async move { Some(endpoint.answer(request).await) }
        })
        .await;
    }

    /// Answers one call in the format of its service.
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        match target {
            // DynamoDB's answer to health checks.
            "" if request.method() == http::Method::GET => Response::new(Bytes::from_static(b"healthy")),
            "secretsmanager.GetSecretValue" => self.secret(request.body()),
            "AmazonSQS.SendMessageBatch" => self.send(request.body()),
            _ if target.starts_with("DynamoDB") => self.ask_engine(request).await,
            _ => refuse(
                "UnknownOperationException",
                "This answers calls of DynamoDB, GetSecretValue and SendMessageBatch.",
            ),
        }
    }

    fn secret(&self, asked: &[u8]) -> Response<Bytes> {
        let asked: Value = serde_json::from_slice(asked).unwrap_or_default();
        match asked["SecretId"].as_str().and_then(|id| self.secrets.get(id)) {
            Some(text) => say(StatusCode::OK, &json!({ "Name": asked["SecretId"], "SecretString": text })),
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

    async fn ask_engine(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (mut parts, body) = request.into_parts();
        parts.uri = format!("http://{}/", self.engine).parse().expect("an address and a path make a URL");
        parts.version = http::Version::HTTP_11;
        let asked = async {
            let (parts, body) = self.http.request(Request::from_parts(parts, Full::new(body))).await.ok()?.into_parts();
            let body = body.collect().await.ok()?.to_bytes();
            let mut answer = Response::new(body);
            *answer.status_mut() = parts.status;
            *answer.headers_mut() = whole(parts.headers);
            Some(answer)
        };
        asked.await.unwrap_or_else(|| {
            let mut answer = refuse("InternalServerError", "The engine does not answer.");
            *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            answer
        })
    }
}

/// The body was collected, so its length has to be set anew.
fn whole(mut headers: HeaderMap) -> HeaderMap {
    for name in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION] {
        headers.remove(name);
    }
    headers
}

fn say(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/x-amz-json-1.1"));
    response
}

fn refuse(kind: &str, sentence: &str) -> Response<Bytes> {
    say(StatusCode::BAD_REQUEST, &json!({ "__type": kind, "message": sentence }))
}

#[cfg(test)]
mod tests;
