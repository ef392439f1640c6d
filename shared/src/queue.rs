//! The queues of work that is due: posts to open, and targets to publish, a queue per platform. They are SQS, or in this
//! process. A message is only a hint, and a claim decides: a duplicate is harmless, and the schedule finds the work of a lost
//! message.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use chrono::{DateTime, Utc};
use futures_util::{FutureExt, StreamExt, stream};
use platforms::PlatformId;
use serde::{Deserialize, Serialize};

use crate::{id::PostId, post::TargetName, tenant::Tenant};

/// The longest delay that SQS allows.
pub const MAX_DELAY: Duration = Duration::from_secs(900);
/// Work due within this time is announced at once; the schedule finds later work.
const SOON: chrono::Duration = chrono::Duration::minutes(3);
/// The longest wait for a message that arrives early. A tick of the schedule announces the work again if it is earlier.
pub const EARLY: chrono::Duration = chrono::Duration::seconds(5);
/// How often workers may follow each other by messages. A target that needs more has a schedule that is at fault.
pub const MAX_HOPS: u32 = 100;
/// The most messages in one SQS call.
const BATCH: usize = 10;
/// How many SQS calls are made at once.
const SIDE_BY_SIDE: usize = 8;
/// How often a message is sent that SQS refuses through no fault of the message.
const ATTEMPTS: u32 = 3;

/// Work that may be due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Version of the message format.
    pub v: u8,
    pub tenant: Tenant,
    pub post_id: PostId,
    /// `None`: the post is to be opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetName>,
    /// How many messages led to this one. Lambda ends chains of calls after 16, which is switched off, so we count.
    #[serde(default)]
    pub hops: u32,
}

impl Message {
    #[must_use]
    pub const fn new(tenant: Tenant, post_id: PostId, target: Option<TargetName>) -> Self {
        Self { v: 2, tenant, post_id, target, hops: 0 }
    }

    /// The message that a worker sends after this one; `None` if the chain is too long. Then the schedule continues.
    #[must_use]
    pub fn next(self, target: TargetName) -> Option<Self> {
        let next = Self { target: Some(target), hops: self.hops + 1, ..self };
        if next.hops > MAX_HOPS {
            tracing::error!(alarm = "too_many_hops", post = %self.post_id, account = %target.account, hops = next.hops, "a target is announced too often");
            return None;
        }
        Some(next)
    }
}

/// The addresses of the queues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urls {
    pub posts: String,
    pub targets: BTreeMap<PlatformId, String>,
}

impl Urls {
    fn of(&self, message: &Message) -> &str {
        message.target.and_then(|target| self.targets.get(&target.platform)).unwrap_or(&self.posts)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the queue did not accept the message")]
pub struct Error(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Takes a message and its delay.
pub type InProcess = Arc<dyn Fn(Message, Duration) + Send + Sync>;

#[derive(Clone)]
pub enum Queue {
    Sqs { client: aws_sdk_sqs::Client, urls: Arc<Urls> },
    InProcess(InProcess),
}

impl Queue {
    /// Announces work if it is due soon; `at` is `None` for one that is never due. A failure is only logged, because
    /// the schedule finds the work.
    pub async fn announce(&self, message: Message, at: Option<DateTime<Utc>>, now: DateTime<Utc>) {
        let Some(wait) = at.map(|at| at - now).filter(|wait| *wait <= SOON) else { return };
        if let Err(error) = self.send(message, wait.to_std().unwrap_or_default()).await {
            tracing::warn!(post = %message.post_id, error = &error as &dyn std::error::Error, "the schedule will find the work");
        }
    }

    /// Announces targets of a post that are due now.
    pub async fn announce_targets(&self, tenant: Tenant, post: PostId, targets: impl IntoIterator<Item = TargetName>) {
        let message = |target| (Message::new(tenant, post, Some(target)), Duration::ZERO);
        self.announce_all(&targets.into_iter().map(message).collect::<Vec<_>>()).await;
    }

    /// Announces work that is due now. A failure is only logged, because the schedule finds the work.
    pub async fn announce_all(&self, messages: &[(Message, Duration)]) {
        if let Err(error) = self.send_all(messages).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the schedule will find the work");
        }
    }

    /// Sends one message, delivered after `delay`.
    ///
    /// # Errors
    /// If the queue did not accept it.
    pub async fn send(&self, message: Message, delay: Duration) -> Result<(), Error> {
        match self.send_all(&[(message, delay)]).await? {
            0 => Ok(()),
            _ => Err(Error("it refused the message".into())),
        }
    }

    /// Sends messages, each delivered after its delay. Delays are rounded up to SQS's whole seconds, so that no message
    /// arrives early. Returns how many messages the queue refused one by one, which is logged.
    ///
    /// # Errors
    /// If a call failed. The other messages were sent.
    pub async fn send_all(&self, messages: &[(Message, Duration)]) -> Result<usize, Error> {
        match self {
            Self::InProcess(take) => {
                for (message, delay) in messages {
                    take(*message, *delay);
                }
                Ok(0)
            }
            Self::Sqs { client, urls } => {
                let mut queues: BTreeMap<&str, Vec<(Message, Duration)>> = BTreeMap::new();
                for (message, delay) in messages {
                    queues.entry(urls.of(message)).or_default().push((*message, *delay));
                }
                let batches =
                    queues.iter().flat_map(|(url, messages)| messages.chunks(BATCH).map(|batch| (*url, batch)));
                let batches: Vec<_> = batches.map(|(url, batch)| send_batch(client, url, batch).boxed()).collect();
                let sent: Vec<_> = stream::iter(batches).buffer_unordered(SIDE_BY_SIDE).collect().await;
                sent.into_iter().try_fold(0, |refused, sent| Ok(refused + sent?))
            }
        }
    }
}

/// Sends at most [`BATCH`] messages. Those that are refused through no fault of theirs are sent again. Returns how many were
/// refused in the end.
async fn send_batch(client: &aws_sdk_sqs::Client, url: &str, batch: &[(Message, Duration)]) -> Result<usize, Error> {
    let mut left: Vec<usize> = (0..batch.len()).collect();
    let mut refused = 0;
    for attempt in 1..=ATTEMPTS {
        let entries = left.iter().filter_map(|n| Some((*n, batch.get(*n)?)));
        let entries = entries.map(|(n, (message, delay))| entry(n, message, *delay)).collect();
        let sent = client.send_message_batch().queue_url(url).set_entries(Some(entries)).send().await;
        let answer = sent.map_err(|error| Error(Box::new(error)))?;
        left.clear();
        for failed in answer.failed {
            match failed.id.parse() {
                Ok(n) if !failed.sender_fault && attempt < ATTEMPTS => left.push(n),
                n => {
                    let post = n.ok().and_then(|n: usize| batch.get(n)).map(|(message, _)| message.post_id.to_string());
                    tracing::error!(post, code = failed.code, "the queue refused a message");
                    refused += 1;
                }
            }
        }
        if left.is_empty() {
            break;
        }
    }
    Ok(refused)
}

#[expect(clippy::expect_used, reason = "id and body are given, the delay is capped, and a message is plain")]
fn entry(n: usize, message: &Message, delay: Duration) -> SendMessageBatchRequestEntry {
    let seconds = delay.min(MAX_DELAY).as_millis().div_ceil(1000);
    SendMessageBatchRequestEntry::builder()
        .id(n.to_string())
        .message_body(serde_json::to_string(message).expect("a message is plain"))
        .delay_seconds(i32::try_from(seconds).expect("the delay is capped"))
        // Fair queues: a tenant with many messages does not delay the others.
        .message_group_id(message.tenant.to_string())
        .build()
        .expect("id and body are given")
}

#[cfg(test)]
mod tests;
