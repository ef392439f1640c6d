//! The opening of a post: its targets are stored, and from then on the head needs no more work.
//!
//! Two writes of the head enclose the targets, so that a change by the agency knows whether targets may be stored. A crash in
//! between leaves the head due, and the opening is repeated.

use aws_sdk_dynamodb::{
    operation::{put_item::PutItemError, update_item::UpdateItemError},
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use chrono::{DateTime, Utc};
use publishing::Target;

use super::{HeadItem, content::ContentItem, target_item::TargetItem};
use crate::{
    id::PostId,
    store::{Error, Store, conditional, from_item, key, keys, number, to_item},
    tenant::Tenant,
};

/// The condition for storing a new target: no item has its key, or the item is of an earlier content.
pub(super) const REPLACEABLE: &str = "attribute_not_exists(pk) OR #version < :version";

/// A post that is being opened.
#[derive(Debug)]
pub struct Opening {
    head: HeadItem,
    /// As new.
    pub targets: Vec<Target>,
}

/// The result of [`Store::open_post`].
#[derive(Debug)]
pub enum Open {
    Yes(Box<Opening>),
    /// It is not due before this time.
    NotBefore(DateTime<Utc>),
    /// It is open, canceled or a draft, or does not exist.
    NothingToDo,
}

impl Store {
    /// Marks a due post as opened.
    pub async fn open_post(&self, tenant: Tenant, id: PostId, now: DateTime<Utc>) -> Result<Open, Error> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::post(tenant, id), keys::POST)))
            .update_expression("SET opened = :true ADD revision :one")
            .condition_expression("due_at <= :now")
            .expression_attribute_values(":true", aws_sdk_dynamodb::types::AttributeValue::Bool(true))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", number(now.timestamp_millis()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let head: HeadItem = match sent {
            Ok(done) => from_item(done.attributes.unwrap_or_default())?,
            Err(error) => {
                let Some(UpdateItemError::ConditionalCheckFailedException(failed)) = error.as_service_error() else {
                    return Err(Error::sdk(error));
                };
                let existing: Option<HeadItem> = failed.item().cloned().map(from_item).transpose()?;
                let due = existing.and_then(|head| DateTime::from_timestamp_millis(head.due_at?));
                return Ok(due.map_or(Open::NothingToDo, Open::NotBefore));
            }
        };
        let content: Option<ContentItem> = self.get(head.content_key()).await?;
        // An edit that came in between has made the post due again.
        let Some(content) = content else { return Ok(Open::NothingToDo) };
        Ok(Open::Yes(Box::new(Opening { targets: content.new_targets().collect(), head })))
    }

    /// Stores a target, unless it is stored.
    pub async fn add_target(&self, opening: &Opening, target: Target) -> Result<(), Error> {
        let item = TargetItem::new(&opening.head, target);
        let sent = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(to_item(&item)))
            .condition_expression(REPLACEABLE)
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":version", number(item.version))
            .send()
            .await;
        match sent {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(Error::sdk(error)),
            },
        }
    }

    /// Ends the opening, after all targets are stored. Returns `false` if an edit has overtaken it: then the post is due again.
    pub async fn end_opening(&self, opening: &Opening) -> Result<bool, Error> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(opening.head.key()))
            .update_expression("REMOVE due_at, due_shard")
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":version", number(opening.head.version))
            .send()
            .await;
        conditional(sent)
    }
}
