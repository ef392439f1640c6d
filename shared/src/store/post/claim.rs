//! A worker's operations on a post: claim it under a lease, save under the fencing token, give it back.

use aws_sdk_dynamodb::{
    operation::update_item::UpdateItemError,
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use chrono::{DateTime, Utc};

use super::{
    super::{Error, conditional, from_item, key, keys, number, to_value},
    PostItem, REVISION,
};
use crate::{id::PostId, post::Post, store::Store, tenant::Tenant};
use publishing::Target;

/// A worker's lease on a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    pub tenant: Tenant,
    pub post: PostId,
    fence: u64,
    pub until: DateTime<Utc>,
}

/// The result of a claim.
#[derive(Debug)]
pub enum Claimed {
    Yes(Claim, Box<Post>),
    /// It is not due before this time, or leased to another worker until then.
    NotBefore(DateTime<Utc>),
    /// No work is left, or the post does not exist.
    NothingToDo,
}

impl Store {
    /// Claims a due post for one worker. The claim moves `due_at` to the end of the lease, so the query for due posts
    /// also finds a crashed worker's post.
    pub async fn claim_post(
        &self,
        tenant: Tenant,
        id: PostId,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Claimed, Error> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::post(tenant, id), keys::POST)))
            .update_expression("SET fence = fence + :one, lease_until = :until, due_at = :until ADD #revision :one")
            // Several workers may get a message for one post: one claims it, and no other until the lease ends.
            .condition_expression("due_at <= :now AND lease_until <= :now")
            .expression_attribute_names("#revision", REVISION)
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", number(now.timestamp_millis()))
            .expression_attribute_values(":until", number(until.timestamp_millis()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match sent {
            Ok(done) => {
                let item: PostItem = from_item(done.attributes.unwrap_or_default())?;
                let claim = Claim { tenant, post: id, fence: item.fence, until };
                Ok(Claimed::Yes(claim, Box::new(item.try_into()?)))
            }
            Err(error) => {
                let Some(UpdateItemError::ConditionalCheckFailedException(failed)) = error.as_service_error() else {
                    return Err(Error::sdk(error));
                };
                let existing: Option<PostItem> = failed.item().cloned().map(from_item).transpose()?;
                let wait = existing.and_then(|item| Some(item.due_at?.max(item.lease_until)));
                Ok(wait.and_then(DateTime::from_timestamp_millis).map_or(Claimed::NothingToDo, Claimed::NotBefore))
            }
        }
    }

    /// Saves one target under the claim, and counts its version. Returns `false` if the claim is lost: another worker or a
    /// change has taken the post, and this worker must stop.
    pub async fn save_target(&self, claim: &Claim, target: &mut Target) -> Result<bool, Error> {
        let next = Target { version: target.version + 1, ..target.clone() };
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::post(claim.tenant, claim.post), keys::POST)))
            .update_expression("SET targets.#a = :target ADD #revision :one")
            // A worker whose lease has ended must not overwrite its successor's results, and one whose post was canceled or
            // edited must stop. A write that lands late must not overwrite the writes that followed its repetition.
            .condition_expression("fence = :fence AND targets.#a.#version = :version")
            .expression_attribute_names("#revision", REVISION)
            .expression_attribute_names("#a", target.account.to_string())
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":target", to_value(&next))
            .expression_attribute_values(":version", number(target.version))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":fence", number(claim.fence))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let saved = match sent {
            Ok(_) => true,
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    let item: Option<PostItem> = failed.item().cloned().map(from_item).transpose()?;
                    item.is_some_and(|item| is_saved(&item, claim, &next))
                }
                _ => return Err(Error::sdk(error)),
            },
        };
        if saved {
            *target = next;
        }
        Ok(saved)
    }

    /// Gives the post back, due at `next` (`None`: no work is left). Returns `false` if the claim was lost.
    pub async fn finish_post(&self, claim: &Claim, next: Option<DateTime<Utc>>) -> Result<bool, Error> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::post(claim.tenant, claim.post), keys::POST)))
            // Only the worker that holds the claim decides when the post is due.
            .condition_expression("fence = :fence")
            .expression_attribute_values(":fence", number(claim.fence))
            .expression_attribute_names("#revision", REVISION)
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":none", number(0));
        let update = match next {
            Some(at) => update
                .update_expression("SET lease_until = :none, due_at = :next ADD #revision :one")
                .expression_attribute_values(":next", number(at.timestamp_millis())),
            None => update.update_expression("SET lease_until = :none REMOVE due_at, due_shard ADD #revision :one"),
        };
        conditional(update.send().await)
    }
}

/// Whether a write has taken effect although its condition failed: its answer was lost, and this was its repetition.
fn is_saved(item: &PostItem, claim: &Claim, target: &Target) -> bool {
    item.fence == claim.fence && item.targets.get(&target.account).is_some_and(|stored| stored.is(target))
}
