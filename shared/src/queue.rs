//! The queue of posts to publish: SQS, or one in this process. A message is only a hint, and a claim decides: a
//! duplicate is harmless, and the schedule finds the post of a lost message.

use std::{sync::Arc, time::Duration};

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{id::PostId, tenant::Tenant};

/// The longest delay that SQS allows.
pub const MAX_DELAY: Duration = Duration::from_secs(900);
/// A post due within this time is announced at once; the schedule finds later ones.
const SOON: chrono::Duration = chrono::Duration::minutes(3);
/// The most messages in one SQS call.
const BATCH: usize = 10;

/// A post that may be due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Version of the message format.
    pub v: u8,
    pub tenant: Tenant,
    pub post_id: PostId,
}

impl Message {
    #[must_use]
    pub const fn new(tenant: Tenant, post_id: PostId) -> Self {
        Self { v: 1, tenant, post_id }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the queue did not accept the message")]
pub struct Error(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Takes a message and its delay.
pub type InProcess = Arc<dyn Fn(Message, Duration) + Send + Sync>;

#[derive(Clone)]
pub enum Queue {
    Sqs { client: aws_sdk_sqs::Client, url: String },
    InProcess(InProcess),
}

impl Queue {
    /// Announces a post if it is due soon; `at` is `None` for one that is never due. A failure is only logged, because
    /// the schedule finds the post.
    pub async fn announce(&self, message: Message, at: Option<DateTime<Utc>>, now: DateTime<Utc>) {
        let Some(wait) = at.map(|at| at - now).filter(|wait| *wait <= SOON) else { return };
        if let Err(error) = self.send(message, wait.to_std().unwrap_or_default()).await {
            tracing::warn!(post = %message.post_id, error = &error as &dyn std::error::Error, "the schedule will find the post");
        }
    }

    /// Sends one message, delivered after `delay`.
    ///
    /// # Errors
    /// If the queue did not accept it.
    pub async fn send(&self, message: Message, delay: Duration) -> Result<(), Error> {
        self.send_all(&[(message, delay)]).await
    }

    /// Sends messages, each delivered after its delay. Delays are rounded up to SQS's whole seconds, so that no message
    /// arrives early.
    ///
    /// # Errors
    /// If the queue did not accept all of them; some may have been accepted.
    pub async fn send_all(&self, messages: &[(Message, Duration)]) -> Result<(), Error> {
        match self {
            Self::InProcess(take) => {
                for (message, delay) in messages {
                    take(*message, *delay);
                }
            }
            Self::Sqs { client, url } => {
                for batch in messages.chunks(BATCH) {
                    let entries =
                        batch.iter().enumerate().map(|(n, (message, delay))| entry(n, message, *delay)).collect();
                    let sent = client.send_message_batch().queue_url(url).set_entries(Some(entries)).send().await;
                    let answer = sent.map_err(|error| Error(Box::new(error)))?;
                    if let Some(failed) = answer.failed.first() {
                        return Err(Error(
                            format!("{} of {}: {}", answer.failed.len(), batch.len(), failed.code).into(),
                        ));
                    }
                }
            }
        }
        Ok(())
    }
}

fn entry(n: usize, message: &Message, delay: Duration) -> SendMessageBatchRequestEntry {
    let seconds = delay.min(MAX_DELAY).as_millis().div_ceil(1000);
    SendMessageBatchRequestEntry::builder()
        .id(n.to_string())
        .message_body(serde_json::to_string(message).expect("a message is plain"))
        .delay_seconds(i32::try_from(seconds).expect("the delay is capped"))
        .build()
        .expect("id and body are given")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::AgencyId, tenant::Mode};

    fn message() -> Message {
        Message::new(Tenant { agency: AgencyId::random(), mode: Mode::Live }, PostId::random())
    }

    #[test]
    fn a_message_contains_its_version_tenant_and_post() {
        let message = message();
        let json = serde_json::to_value(message).unwrap();
        let expected = serde_json::json!({ "v": 1, "tenant": message.tenant, "postId": message.post_id });
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_value::<Message>(json).unwrap(), message);
    }

    #[test]
    fn a_delay_is_rounded_up_to_seconds_so_that_no_message_arrives_early() {
        let seconds = |milliseconds| entry(0, &message(), Duration::from_millis(milliseconds)).delay_seconds;
        for (milliseconds, expected) in [(0, 0), (1, 1), (1000, 1), (1001, 2), (150_000, 150), (900_000, 900)] {
            assert_eq!(seconds(milliseconds), Some(expected), "{milliseconds}");
        }
        assert_eq!(seconds(900_001), Some(900), "SQS's maximum; the schedule announces the post again");
        let entry = entry(7, &message(), Duration::ZERO);
        assert_eq!(entry.id, "7");
        assert!(serde_json::from_str::<Message>(&entry.message_body).is_ok());
    }

    #[tokio::test]
    async fn an_in_process_queue_takes_every_message_with_its_delay() {
        let taken = Arc::<std::sync::Mutex<Vec<_>>>::default();
        let queue = Queue::InProcess({
            let taken = Arc::clone(&taken);
            Arc::new(move |message, delay| taken.lock().unwrap().push((message, delay)))
        });
        let messages: Vec<_> = (0..25).map(|n| (message(), Duration::from_secs(n))).collect();
        queue.send_all(&messages).await.unwrap();
        assert_eq!(*taken.lock().unwrap(), messages);
    }
}
