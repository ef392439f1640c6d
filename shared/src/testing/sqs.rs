//! An SQS in this process, spoken to by the ordinary SDK.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws_credential_types::Credentials;
use aws_sdk_sqs::config::{BehaviorVersion, Region};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
};
use serde::Deserialize;
use serde_json::json;

use platforms::PlatformId;

use crate::queue::{Queue, Urls};

/// The code of a refusal, and whether it is the sender's fault.
pub type Refusal = (&'static str, bool);

/// Answers `SendMessageBatch`.
#[derive(Clone)]
pub struct Sqs {
    refuses: fn(u64) -> Option<Refusal>,
    latency: Duration,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    batches: Vec<Vec<u64>>,
    at_once: usize,
    most_at_once: usize,
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
    delay_seconds: u64,
}

impl Default for Sqs {
    fn default() -> Self {
        Self { refuses: |_| None, latency: Duration::ZERO, seen: Arc::default() }
    }
}

impl Sqs {
    /// Refuses messages by their delay in seconds.
    #[must_use]
    pub fn refusing(self, refuses: fn(u64) -> Option<Refusal>) -> Self {
        Self { refuses, ..self }
    }

    /// Takes this long for each call, by tokio's clock.
    #[must_use]
    pub fn taking(self, latency: Duration) -> Self {
        Self { latency, ..self }
    }

    #[must_use]
    pub fn queue(&self) -> Queue {
        let connector = SharedHttpConnector::new(self.clone());
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("local"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .endpoint_url("http://localhost")
            .http_client(http_client_fn(move |_: &HttpConnectorSettings, _: &_| connector.clone()))
            .build();
        let url = |name: &str| format!("http://localhost/1/{name}");
        let targets = PlatformId::ALL.into_iter().map(|platform| (platform, url(platform.as_str()))).collect();
        let urls = Urls { posts: url("posts"), targets };
        Queue::Sqs { client: aws_sdk_sqs::Client::from_conf(config), urls: Arc::new(urls) }
    }

    /// The batches, each with the delays of its messages in seconds.
    #[must_use]
    pub fn batches(&self) -> Vec<Vec<u64>> {
        self.with(|seen| seen.batches.clone())
    }

    #[must_use]
    pub fn most_at_once(&self) -> usize {
        self.with(|seen| seen.most_at_once)
    }

    fn with<T>(&self, act: impl FnOnce(&mut Seen) -> T) -> T {
        act(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn answer(&self, asked: &[u8]) -> serde_json::Result<String> {
        let Batch { entries } = serde_json::from_slice(asked)?;
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        for Entry { id, delay_seconds } in &entries {
            match (self.refuses)(*delay_seconds) {
                Some((code, fault)) => failed.push(json!({ "Id": id, "Code": code, "SenderFault": fault })),
                None => successful.push(json!({ "Id": id, "MessageId": id, "MD5OfMessageBody": "" })),
            }
        }
        let delays = entries.iter().map(|entry| entry.delay_seconds).collect();
        self.with(|seen| seen.batches.push(delays));
        Ok(json!({ "Successful": successful, "Failed": failed }).to_string())
    }
}

impl HttpConnector for Sqs {
    /// # Panics
    /// If the request is not a `SendMessageBatch`.
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let sqs = self.clone();
        HttpConnectorFuture::new(async move {
            sqs.with(|seen| {
                seen.at_once += 1;
                seen.most_at_once = seen.most_at_once.max(seen.at_once);
            });
            if !sqs.latency.is_zero() {
                tokio::time::interval_at(tokio::time::Instant::now() + sqs.latency, sqs.latency).tick().await;
            }
            sqs.with(|seen| seen.at_once -= 1);
            let answer = sqs.answer(request.body().bytes().unwrap_or_default()).expect("the SDK sends a batch");
            Ok(HttpResponse::new(200.try_into().expect("a status"), answer.into()))
        })
    }
}

impl fmt::Debug for Sqs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sqs")
    }
}
