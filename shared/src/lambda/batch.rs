//! A batch of messages that the queue calls a function with, and what the function answers: the parts of both that are used.
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>

use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
pub(super) struct Batch {
    #[serde(rename = "Records")]
    pub(super) messages: Vec<SqsRecord>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SqsRecord {
    #[serde(default)]
    pub(super) message_id: String,
    #[serde(default)]
    pub(super) body: String,
}

/// The messages that are delivered again; the others are deleted from the queue.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Failures {
    pub(super) batch_item_failures: Vec<Failure>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Failure {
    /// The message's id.
    pub(super) item_identifier: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_shapes_are_the_queues() {
        let batch: Batch = serde_json::from_str(include_str!("../../../events/publish-target.json")).unwrap();
        assert_eq!(batch.messages.len(), 1);
        assert!(!batch.messages[0].message_id.is_empty() && batch.messages[0].body.starts_with('{'));
        let failures = Failures { batch_item_failures: vec![Failure { item_identifier: "a".into() }] };
        let wanted = json!({ "batchItemFailures": [{ "itemIdentifier": "a" }] });
        assert_eq!(serde_json::to_value(failures).unwrap(), wanted);
        assert_eq!(
            serde_json::to_value(Failures { batch_item_failures: vec![] }).unwrap(),
            json!({ "batchItemFailures": [] })
        );
    }
}
