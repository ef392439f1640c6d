//! One call in DynamoDB's protocol: an operation's name and a body of JSON in, a status and a body of JSON out.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html>

use serde::{Serialize, de::DeserializeOwned};
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::{DynamoDb, Error};

/// What DynamoDB answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// JSON.
    pub body: String,
}

impl DynamoDb {
    /// Answers one call. `target` is the header `X-Amz-Target`, as in `DynamoDB_20120810.GetItem`. The operations are those that this
    /// workspace calls.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub async fn answer(&self, target: String, body: impl AsRef<[u8]> + Send + 'static) -> Answer {
        if Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread {
            // Tests: the order of calls is the same in each run, and other tasks run between two calls, as with a server.
            tokio::task::yield_now().await;
            return self.answer_now(&target, body.as_ref());
        }
        let database = self.clone();
        // SQLite waits for the disk, which the runtime's own threads must not do.
        let answered = tokio::task::spawn_blocking(move || database.answer_now(&target, body.as_ref())).await;
        answered.unwrap_or_else(|panic| Error::InternalServerError(panic.to_string()).into())
    }

    fn answer_now(&self, target: &str, body: &[u8]) -> Answer {
        let database = &self.0;
        let answered = match target.strip_prefix("DynamoDB_20120810.").unwrap_or_default() {
            "BatchGetItem" => call(body, |request| database.batch_get_item(request)),
            "BatchWriteItem" => call(body, |request| database.batch_write_item(request)),
            "CreateTable" => call(body, |request| database.create_table(request)),
            "DeleteItem" => call(body, |request| database.delete_item(request)),
            "DeleteTable" => call(body, |request| database.delete_table(request)),
            "DescribeTable" => call(body, |request| database.describe_table(request)),
            "DescribeTimeToLive" => call(body, |request| database.describe_time_to_live(request)),
            "GetItem" => call(body, |request| database.get_item(request)),
            "PutItem" => call(body, |request| database.put_item(request)),
            "Query" => call(body, |request| database.query(request)),
            "Scan" => call(body, |request| database.scan(request)),
            "TransactWriteItems" => call(body, |request| database.transact_write_items(request)),
            "UpdateItem" => call(body, |request| database.update_item(request)),
            "UpdateTimeToLive" => call(body, |request| database.update_time_to_live(request)),
            _ => {
                let body = r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#.to_owned();
                return Answer { status: 400, body };
            }
        };
        match answered {
            Ok(body) => Answer { status: 200, body },
            Err(error) => error.into(),
        }
    }
}

impl From<Error> for Answer {
    fn from(error: Error) -> Self {
        Self { status: error.status_code(), body: error.to_json() }
    }
}

fn call<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    operation: impl FnOnce(Q) -> Result<A, Error>,
) -> Result<String, Error> {
    let request = serde_json::from_slice(body).map_err(|error| Error::SerializationException(error.to_string()))?;
    let answer = operation(request)?;
    serde_json::to_string(&answer).map_err(|error| Error::InternalServerError(error.to_string()))
}
