//! Reads and writes of the table.

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

use super::update::{Key, Update, Value, Write, number, unavailable};
use crate::error::Error;

/// How often a write is tried when it conflicts with a concurrent transaction.
const ATTEMPTS: usize = 20;

/// The outcome of a conditional update.
pub(crate) enum Updated<T> {
    /// With the new item.
    Written(T),
    /// With the current item, if there is one.
    ConditionFailed(Option<T>),
}

/// The outcome of a transaction.
pub(crate) enum Committed {
    Written,
    /// A condition failed, and nothing was written.
    ConditionFailed,
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

    /// Creates the table if it does not exist, and waits until it is active.
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

    /// Updates one item under a condition.
    pub(crate) async fn update<T: DeserializeOwned>(&self, update: impl Fn() -> Update) -> Result<Updated<T>, Error> {
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
                    return Ok(Updated::Written(from_item(item)?));
                }
                Err(SdkError::ServiceError(error)) => match error.into_err() {
                    UpdateItemError::ConditionalCheckFailedException(failed) => {
                        return Ok(Updated::ConditionFailed(failed.item.map(from_item).transpose()?));
                    }
                    UpdateItemError::TransactionConflictException(_) => {}
                    error => return Err(unavailable(error)),
                },
                Err(error) => return Err(unavailable(error)),
            }
        }
        Err(Error::Busy)
    }

    /// Applies all writes or none.
    pub(crate) async fn commit(&self, writes: Vec<Write>) -> Result<Committed, Error> {
        let items = writes.into_iter().map(|write| write.into_item(&self.table)).collect::<Result<Vec<_>, _>>()?;
        for _ in 0..ATTEMPTS {
            let answer = self.client.transact_write_items().set_transact_items(Some(items.clone())).send().await;
            let error = match answer {
                Ok(_) => return Ok(Committed::Written),
                Err(SdkError::ServiceError(error)) => error.into_err(),
                Err(error) => return Err(unavailable(error)),
            };
            let TransactWriteItemsError::TransactionCanceledException(canceled) = error else {
                return Err(unavailable(error));
            };
            let reasons = canceled.cancellation_reasons();
            let codes: Vec<&str> = reasons.iter().map(|reason| reason.code().unwrap_or_default()).collect();
            if codes.contains(&"ConditionalCheckFailed") {
                return Ok(Committed::ConditionFailed);
            }
            if !codes.contains(&"TransactionConflict") {
                return Err(unavailable(canceled));
            }
        }
        Err(Error::Busy)
    }

    /// The items of a partition with sort keys in `between` (inclusive) whose number `attribute` is at most `greatest`, in
    /// descending order.
    pub(crate) async fn newest<T: DeserializeOwned>(
        &self,
        pk: &str,
        between: (&str, &str),
        (attribute, greatest): (&str, i64),
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
                .filter_expression("#attribute <= :greatest")
                .expression_attribute_names("#attribute", attribute)
                .expression_attribute_values(":greatest", number(greatest))
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
