//! Canceling a post. Before it is opened, that is one write of the head. Afterwards, each target is canceled. One that a worker
//! has is marked without taking it from the worker, whose next save applies the mark; every step of a worker is such a save.

use aws_sdk_dynamodb::{
    operation::{put_item::PutItemError, update_item::UpdateItemError},
    types::ReturnValue,
};
use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use publishing::Target;

use super::{
    CurrentPost, TRIES,
    open::REPLACEABLE,
    target_item::{self, TargetItem},
};
use crate::{
    event::By,
    post::{Post, TargetName},
    store::{
        Error, Store, from_item, key, number, to_item, to_value,
        transact::{self, Outcome},
    },
    tenant::Tenant,
};

/// A post after its cancel.
#[derive(Debug)]
pub struct Canceled {
    pub post: Post,
    /// The targets that changed and are due, so that it is told.
    pub due: Vec<TargetName>,
}

impl Store {
    /// Cancels the targets that can be canceled, unless `decide` finds that there are none.
    ///
    /// # Errors
    /// If `decide` fails, or the store does; [`Error::Busy`] if concurrent changes kept conflicting.
    pub async fn cancel_post<E: From<Error>>(
        &self,
        tenant: Tenant,
        mut current: CurrentPost,
        by: By,
        decide: impl Fn(&Post) -> Result<bool, E>,
    ) -> Result<Canceled, E> {
        for _ in 0..TRIES {
            if !decide(&current.post)? {
                return Ok(Canceled { post: current.post, due: Vec::new() });
            }
            let canceled = match current.head.opened {
                false => self.cancel_unopened(tenant, &current, by).await?,
                true => self.cancel_targets(&current, by).await?,
            };
            if let Some(targets) = canceled {
                let changed = current.post.targets.iter().filter(|target| current.head.opened && target.can_cancel());
                let due = changed.map(TargetName::of).collect();
                return Ok(Canceled { post: Post { targets, ..current.post }, due });
            }
            current = self.find_again(tenant, current.head.id).await?;
        }
        Err(Error::Busy.into())
    }

    /// The canceled targets; `None` if the post was changed or opened since it was read.
    #[expect(clippy::expect_used, reason = "a builder fails only if a part is missing")]
    async fn cancel_unopened(
        &self,
        tenant: Tenant,
        current: &CurrentPost,
        by: By,
    ) -> Result<Option<Vec<Target>>, Error> {
        let head = aws_sdk_dynamodb::types::Update::builder()
            .table_name(&self.table)
            .set_key(Some(current.head.key()))
            .update_expression("SET canceled_at = :now REMOVE due_at, due_shard ADD revision :one")
            .condition_expression("revision = :revision")
            .expression_attribute_values(":now", to_value(&by.at))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":revision", number(current.head.revision))
            .build()
            .expect("table, key and expression are given");
        let event = self.canceled_event(tenant, (&current.post, current.head.revision), by);
        let done = self.transact(vec![transact::update(head), transact::overwrite(&self.table, event)]).await?;
        let canceled = |target| target_item::canceled(target, by.at, current.post.publish_before);
        Ok(matches!(done, Outcome::Done).then(|| current.post.targets.iter().cloned().map(canceled).collect()))
    }

    /// The targets of an opened post, canceled as far as they can be; `None` if one was edited or added since the post was read.
    async fn cancel_targets(&self, current: &CurrentPost, by: By) -> Result<Option<Vec<Target>>, Error> {
        if !self.add_canceled(current, by).await? {
            return Ok(None);
        }
        let targets = current.post.targets.iter().map(|target| self.cancel_target(current, target, by));
        Ok(try_join_all(targets).await?.into_iter().collect())
    }

    /// Stores the targets that the opening has not stored yet, as canceled. Returns `false` if an edit or the opening was faster.
    async fn add_canceled(&self, current: &CurrentPost, by: By) -> Result<bool, Error> {
        let head = &current.head;
        let missing = current.post.targets.iter().filter(|target| !current.stored.contains_key(&target.account));
        let canceled = missing.map(|target| {
            let item =
                TargetItem::noted(head, target_item::canceled(target.clone(), by.at, current.post.publish_before), by);
            let put = transact::put(&self.table, to_item(&item), REPLACEABLE);
            put.name("#version", "version").value(":version", number(head.version)).build()
        });
        let mut items: Vec<_> = canceled.collect();
        if items.is_empty() {
            return Ok(true);
        }
        let unchanged = "revision = :revision";
        items.push(transact::check(&self.table, head.key(), unchanged, [(":revision", number(head.revision))]));
        Ok(matches!(self.transact(items).await?, Outcome::Done))
    }

    /// The target after its cancel; `None` if it has to be read again.
    async fn cancel_target(&self, current: &CurrentPost, target: &Target, by: By) -> Result<Option<Target>, Error> {
        let canceled = || target_item::canceled(target.clone(), by.at, current.post.publish_before);
        match current.stored.get(&target.account) {
            None => Ok(Some(canceled())),
            Some(_) if !target.can_cancel() => Ok(Some(target.clone())),
            Some(stored) if stored.lease_until > by.at.timestamp_millis() => {
                self.mark_canceled(current, stored, by.at).await
            }
            Some(stored) => {
                let item = stored.replaced_by(&current.head, canceled(), by);
                Ok(self.put_unchanged(&item, stored.revision).await?.then(canceled))
            }
        }
    }

    /// Replaces a target's item; `false` if it was changed since it was read.
    async fn put_unchanged(&self, item: &TargetItem, revision: u64) -> Result<bool, Error> {
        let sent = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(to_item(item)))
            .condition_expression("revision = :revision")
            .expression_attribute_values(":revision", number(revision))
            .send()
            .await;
        match sent {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(Error::sdk(error)),
            },
        }
    }

    /// Marks a target that a worker has.
    async fn mark_canceled(
        &self,
        current: &CurrentPost,
        stored: &TargetItem,
        now: DateTime<Utc>,
    ) -> Result<Option<Target>, Error> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(stored.pk.clone(), stored.sk.clone())))
            .update_expression("SET canceled_at = if_not_exists(canceled_at, :now) ADD revision :one")
            // Without a lease, no worker would apply the mark.
            .condition_expression("fence = :fence AND lease_until = :until")
            .expression_attribute_values(":fence", number(stored.fence))
            .expression_attribute_values(":until", number(stored.lease_until))
            .expression_attribute_values(":now", to_value(&now))
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        match sent {
            Ok(done) => {
                let item: TargetItem = from_item(done.attributes.unwrap_or_default())?;
                item.read(current.post.publish_before).map(Some)
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(None),
                _ => Err(Error::sdk(error)),
            },
        }
    }
}
