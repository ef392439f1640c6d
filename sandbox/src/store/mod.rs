//! The sandbox's own table: everything it knows between two requests. A thin layer over DynamoDB
//! that knows keys, conditions and transactions, and nothing about social networks.
//!
//! Expressions name attributes as `#name` and are given their placeholders here, so that no
//! attribute can collide with one of DynamoDB's reserved words.

mod write;

use aws_sdk_dynamodb::{
    Client,
    client::Waiters,
    error::SdkError,
    operation::{transact_write_items::TransactWriteItemsError, update_item::UpdateItemError},
    types::{
        AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ReturnValue, ReturnValuesOnConditionCheckFailure,
        ScalarAttributeType,
    },
};
use serde::de::DeserializeOwned;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

pub(crate) use write::{Key, Update, Value, Write, number};

/// How often a write that collided with another one is tried again before giving up.
const ATTEMPTS: usize = 20;

/// Why the sandbox itself failed. Never an answer of a simulated platform.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the sandbox's table did not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("an item of the sandbox's table cannot be read")]
    Corrupt(#[from] serde_dynamo::Error),
    #[error("too many requests change the same item at once")]
    Busy,
    #[error("the system has no randomness to give")]
    NoRandomness,
    #[error("a header of the answer cannot be written")]
    Header(#[from] http::header::InvalidHeaderValue),
}

fn unavailable<E: std::error::Error + Send + Sync + 'static>(error: E) -> Error {
    Error::Unavailable(Box::new(error))
}

/// What became of a conditional update.
pub(crate) enum Changed<T> {
    /// Written; the item as it is now.
    Done(T),
    /// The condition did not hold; the item as it was, if there is one.
    Refused(Option<T>),
}

/// What became of a transaction.
pub(crate) enum Committed {
    Done,
    /// A condition did not hold, and nothing was written.
    Refused,
}

#[derive(Clone)]
pub(crate) struct Store {
    client: Client,
    table: String,
}

impl Store {
    pub(crate) fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Creates the table if it is absent, and returns once it can be used.
    pub(crate) async fn create_table(&self) -> Result<(), Error> {
        let mut request = self.client.create_table().table_name(&self.table).billing_mode(BillingMode::PayPerRequest);
        for (name, kind) in [("pk", KeyType::Hash), ("sk", KeyType::Range)] {
            request = request
                .attribute_definitions(
                    AttributeDefinition::builder()
                        .attribute_name(name)
                        .attribute_type(ScalarAttributeType::S)
                        .build()
                        .map_err(unavailable)?,
                )
                .key_schema(
                    KeySchemaElement::builder().attribute_name(name).key_type(kind).build().map_err(unavailable)?,
                );
        }
        if let Err(error) = request.send().await
            && !error.as_service_error().is_some_and(|e| e.is_resource_in_use_exception())
        {
            return Err(unavailable(error));
        }
        self.client
            .wait_until_table_exists()
            .table_name(&self.table)
            .wait(std::time::Duration::from_secs(60))
            .await
            .map_err(unavailable)?;
        Ok(())
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, key: Key) -> Result<Option<T>, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key.into_map()))
            .consistent_read(true)
            .send()
            .await
            .map_err(unavailable)?;
        Ok(answer.item.map(from_item).transpose()?)
    }

    /// One conditional update, answered with what the item holds.
    pub(crate) async fn change<T: DeserializeOwned>(&self, update: impl Fn() -> Update) -> Result<Changed<T>, Error> {
        for _ in 0..ATTEMPTS {
            let update = update();
            let answer = self
                .client
                .update_item()
                .table_name(&self.table)
                .update_expression(update.expression)
                .set_condition_expression(update.condition.map(str::to_owned))
                .set_expression_attribute_names(Some(update.names()))
                .set_expression_attribute_values(Some(update.values))
                .set_key(Some(update.key.into_map()))
                .return_values(ReturnValue::AllNew)
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .send()
                .await;
            match answer {
                Ok(answer) => {
                    let item = answer.attributes.unwrap_or_default();
                    return Ok(Changed::Done(from_item(item)?));
                }
                Err(SdkError::ServiceError(error)) => match error.into_err() {
                    UpdateItemError::ConditionalCheckFailedException(refused) => {
                        return Ok(Changed::Refused(refused.item.map(from_item).transpose()?));
                    }
                    UpdateItemError::TransactionConflictException(_) => {}
                    error => return Err(unavailable(error)),
                },
                Err(error) => return Err(unavailable(error)),
            }
        }
        Err(Error::Busy)
    }

    /// All of these writes, or none of them.
    pub(crate) async fn commit(&self, writes: Vec<Write>) -> Result<Committed, Error> {
        let items = writes.into_iter().map(|write| write.into_item(&self.table)).collect::<Result<Vec<_>, _>>()?;
        for _ in 0..ATTEMPTS {
            let answer = self.client.transact_write_items().set_transact_items(Some(items.clone())).send().await;
            let error = match answer {
                Ok(_) => return Ok(Committed::Done),
                Err(SdkError::ServiceError(error)) => error.into_err(),
                Err(error) => return Err(unavailable(error)),
            };
            let TransactWriteItemsError::TransactionCanceledException(canceled) = error else {
                return Err(unavailable(error));
            };
            let reasons = canceled.cancellation_reasons();
            let codes: Vec<&str> = reasons.iter().map(|reason| reason.code().unwrap_or_default()).collect();
            if codes.contains(&"ConditionalCheckFailed") {
                return Ok(Committed::Refused);
            }
            if !codes.contains(&"TransactionConflict") {
                return Err(unavailable(canceled));
            }
        }
        Err(Error::Busy)
    }

    /// The items of a partition whose sort key is between the two (both included), last first.
    pub(crate) async fn newest<T: DeserializeOwned>(
        &self,
        pk: &str,
        between: (&str, &str),
        limit: usize,
    ) -> Result<Vec<T>, Error> {
        let mut found = Vec::new();
        let mut start = None;
        while found.len() < limit {
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
                .expression_attribute_values(":pk", Value::S(pk.to_owned()))
                .expression_attribute_values(":first", Value::S(between.0.to_owned()))
                .expression_attribute_values(":last", Value::S(between.1.to_owned()))
                .scan_index_forward(false)
                .consistent_read(true)
                .limit(i32::try_from(limit - found.len()).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(unavailable)?;
            for item in answer.items.unwrap_or_default() {
                found.push(from_item(item)?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        Ok(found)
    }
}
