//! Transactions. Used only where items must change together, because they cost twice the capacity.

use std::time::Duration;

use aws_sdk_dynamodb::{
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        AttributeValue, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
    },
};

use super::{Error, Item, Store};

/// How often a conflicting transaction is retried.
const TRIES: u32 = 6;
/// Why DynamoDB cancels a transaction that may be repeated.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
const TEMPORARY: [&str; 3] = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

/// The result of a transaction.
pub(super) enum Outcome {
    Done,
    /// Nothing was changed. For each item in order: `Some` if its condition failed, with the existing item (empty if
    /// there is none).
    Refused(Vec<Option<Item>>),
}

impl Store {
    /// # Errors
    /// [`Error::Busy`] if it kept conflicting with other transactions.
    pub(super) async fn transact(&self, items: Vec<TransactWriteItem>) -> Result<Outcome, Error> {
        for attempt in 0..TRIES {
            let sent = self.client.transact_write_items().set_transact_items(Some(items.clone())).send().await;
            let error = match sent {
                Ok(_) => return Ok(Outcome::Done),
                Err(error) => error,
            };
            if let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) = error.as_service_error() {
                let reasons = canceled.cancellation_reasons();
                let code = |wanted| reasons.iter().any(|reason| reason.code() == Some(wanted));
                if code("ConditionalCheckFailed") {
                    return Ok(Outcome::Refused(
                        reasons
                            .iter()
                            .map(|reason| {
                                let failed = reason.code() == Some("ConditionalCheckFailed");
                                failed.then(|| reason.item().cloned().unwrap_or_default())
                            })
                            .collect(),
                    ));
                }
                if !TEMPORARY.into_iter().any(code) {
                    return Err(Error::unavailable(error));
                }
            } else {
                match Error::sdk(error) {
                    Error::Busy => {}
                    other => return Err(other),
                }
            }
            self.back_off(attempt).await;
        }
        Err(Error::Busy)
    }

    /// Exponential backoff with jitter before the try after `attempt`.
    pub(super) async fn back_off(&self, attempt: u32) {
        let jitter = u64::from(crate::id::random::bytes::<1>()[0]) / 8;
        self.clock.sleep(Duration::from_millis((10 << attempt) + jitter)).await;
    }
}

/// A conditional put that returns the existing item if the condition fails.
pub(super) fn put(table: &str, item: Item, condition: &str) -> PutBuilder {
    PutBuilder(
        Put::builder()
            .table_name(table)
            .set_item(Some(item))
            .condition_expression(condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld),
    )
}

pub(super) struct PutBuilder(aws_sdk_dynamodb::types::builders::PutBuilder);

impl PutBuilder {
    /// For an attribute whose name is a reserved word.
    pub(super) fn name(self, placeholder: &str, name: &str) -> Self {
        Self(self.0.expression_attribute_names(placeholder, name))
    }

    pub(super) fn value(self, name: &str, value: AttributeValue) -> Self {
        Self(self.0.expression_attribute_values(name, value))
    }

    #[expect(clippy::expect_used, reason = "a builder fails only if a part is missing")]
    pub(super) fn build(self) -> TransactWriteItem {
        let put = self.0.build().expect("table and item are given");
        TransactWriteItem::builder().put(put).build()
    }
}

#[expect(clippy::expect_used, reason = "a builder fails only if a part is missing")]
pub(super) fn overwrite(table: &str, item: Item) -> TransactWriteItem {
    let put = Put::builder().table_name(table).set_item(Some(item)).build().expect("table and item are given");
    TransactWriteItem::builder().put(put).build()
}

#[expect(clippy::expect_used, reason = "a builder fails only if a part is missing")]
pub(super) fn delete(table: &str, key: Item) -> TransactWriteItem {
    let delete = Delete::builder().table_name(table).set_key(Some(key)).build().expect("table and key are given");
    TransactWriteItem::builder().delete(delete).build()
}

#[expect(clippy::expect_used, reason = "a builder fails only if a part is missing")]
pub(super) fn delete_if(
    table: &str,
    key: Item,
    condition: &str,
    values: impl IntoIterator<Item = (&'static str, AttributeValue)>,
) -> TransactWriteItem {
    let delete = Delete::builder().table_name(table).set_key(Some(key)).condition_expression(condition);
    let delete =
        values.into_iter().fold(delete, |delete, (name, value)| delete.expression_attribute_values(name, value));
    TransactWriteItem::builder().delete(delete.build().expect("table and key are given")).build()
}

/// Changes nothing; the transaction fails if the condition does.
#[expect(clippy::expect_used, reason = "a builder fails only if a part is missing")]
pub(super) fn check(
    table: &str,
    key: Item,
    condition: &str,
    values: impl IntoIterator<Item = (&'static str, AttributeValue)>,
) -> TransactWriteItem {
    let check = ConditionCheck::builder().table_name(table).set_key(Some(key)).condition_expression(condition);
    let check = values.into_iter().fold(check, |check, (name, value)| check.expression_attribute_values(name, value));
    TransactWriteItem::builder().condition_check(check.build().expect("table, key and condition are given")).build()
}

pub(super) fn update(update: Update) -> TransactWriteItem {
    TransactWriteItem::builder().update(update).build()
}

#[cfg(test)]
mod tests;
