//! A post in the hands of one worker at a time: claimed, saved under its fence, given back.

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

/// The right to work on a post until `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    pub tenant: Tenant,
    pub post: PostId,
    fence: u64,
    pub until: DateTime<Utc>,
}

/// What claiming a post came to.
#[derive(Debug)]
pub enum Claimed {
    Yes(Claim, Box<Post>),
    /// It is due only at this time; or another worker has it until then.
    NotBefore(DateTime<Utc>),
    /// Nothing is left to do, or there is no such post.
    NothingToDo,
}

/// What a worker leaves behind.
pub type Next = Option<DateTime<Utc>>;

impl Store {
    /// Claims a due post for one worker. The claim moves `due_at` to the end of the lease, so that a crashed worker's
    /// post comes back by the same query that finds due ones.
    ///
    /// # Errors
    /// The store's.
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
            // Many workers may be told of one post: one claims it, and nobody while its lease lasts.
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
                let standing: Option<PostItem> = failed.item().cloned().map(from_item).transpose()?;
                let wait = standing.and_then(|item| Some(item.due_at?.max(item.lease_until)));
                Ok(wait.and_then(DateTime::from_timestamp_millis).map_or(Claimed::NothingToDo, Claimed::NotBefore))
            }
        }
    }

    /// Saves one target under the claim. Whether the claim still holds: if not, another worker has the post, and this
    /// one must do nothing more.
    ///
    /// # Errors
    /// The store's.
    pub async fn save_target(&self, claim: &Claim, target: &Target) -> Result<bool, Error> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::post(claim.tenant, claim.post), keys::POST)))
            .update_expression("SET targets.#a = :target ADD #revision :one")
            // A worker whose lease has ended must not overwrite what its successor found out, and one whose post was
            // canceled or edited must not go on.
            .condition_expression("fence = :fence")
            .expression_attribute_names("#revision", REVISION)
            .expression_attribute_names("#a", target.account.to_string())
            .expression_attribute_values(":target", to_value(target))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":fence", number(claim.fence))
            .send()
            .await;
        conditional(sent)
    }

    /// Gives the post back, due at `next`, or for good. Whether the claim still held.
    ///
    /// # Errors
    /// The store's.
    pub async fn finish_post(&self, claim: &Claim, next: Next) -> Result<bool, Error> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::post(claim.tenant, claim.post), keys::POST)))
            // As above: only the worker that has the post says what is left of it.
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
