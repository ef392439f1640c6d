//! A worker's operations on a target: claim it under a lease, save it under the fencing token, give it back.

use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use chrono::{DateTime, Duration, Utc};
use publishing::Target;

use super::{HeadItem, content::ContentItem, outbox::Outbox, summary::TargetPlace, target_item::TargetItem};
use crate::{
    event::By,
    id::PostId,
    post::{Post, TargetName},
    store::{Error, Item, Store, conditional, from_item, key, keys, listing::text, number, to_value},
    tenant::Tenant,
};

/// How far the clocks of two workers may differ. A lease is taken over that much after its end.
const SKEW: Duration = Duration::seconds(10);

/// A worker's lease on a target.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    pub tenant: Tenant,
    pub post: PostId,
    pub target: TargetName,
    fence: u64,
    pub until: DateTime<Utc>,
    /// The cancel that the worker knows of and no save has recorded yet.
    pub canceled_at: Option<DateTime<Utc>>,
    pub(super) place: TargetPlace,
    pub(super) outbox: Outbox,
}

impl Claim {
    /// Whether something was noted about the target that [`Store::tell`] has not told yet.
    #[must_use]
    pub fn has_news(&self) -> bool {
        !self.outbox.is_empty()
    }
}

/// The result of a claim.
#[derive(Debug)]
pub enum Claimed {
    /// The post is without its targets.
    Yes(Claim, Box<Post>, Box<Target>),
    /// It is not due before this time, or leased to another worker until then.
    NotBefore(DateTime<Utc>),
    /// No work is left, or the target does not exist.
    NothingToDo,
}

/// The result of a save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    Yes,
    /// Nothing was saved: the agency has canceled the target meanwhile.
    Canceled(DateTime<Utc>),
    /// Another worker or a change has taken the target, and this worker must stop.
    ClaimLost,
}

impl Store {
    /// Claims a due target for one worker. The claim moves `due_at` to the end of the lease, so the query for due work also
    /// finds a crashed worker's target.
    pub async fn claim_target(
        &self,
        (tenant, id, target): (Tenant, PostId, TargetName),
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Claimed, Error> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::post(tenant, id), keys::target(target))))
            .update_expression("SET fence = fence + :one, lease_until = :until, due_at = :over ADD revision :one")
            // Several workers may get a message for one target: one claims it, and no other until the lease is over.
            .condition_expression("due_at <= :now AND lease_until <= :ended")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", number(now.timestamp_millis()))
            .expression_attribute_values(":ended", number((now - SKEW).timestamp_millis()))
            .expression_attribute_values(":until", number(until.timestamp_millis()))
            .expression_attribute_values(":over", number((until + SKEW).timestamp_millis()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match sent {
            Ok(done) => {
                let item: TargetItem = from_item(done.attributes.unwrap_or_default())?;
                self.claimed((tenant, id, target), until, item, now).await
            }
            Err(error) => {
                let Some(UpdateItemError::ConditionalCheckFailedException(failed)) = error.as_service_error() else {
                    return Err(Error::sdk(error));
                };
                let existing: Option<TargetItem> = failed.item().cloned().map(from_item).transpose()?;
                let wait = existing.and_then(|item| {
                    let free = DateTime::from_timestamp_millis(item.lease_until)? + SKEW;
                    Some(DateTime::from_timestamp_millis(item.due_at?)?.max(free))
                });
                Ok(wait.map_or(Claimed::NothingToDo, Claimed::NotBefore))
            }
        }
    }

    /// Reads the post of a claimed target. A target of an earlier content is removed.
    async fn claimed(
        &self,
        (tenant, id, name): (Tenant, PostId, TargetName),
        until: DateTime<Utc>,
        item: TargetItem,
        now: DateTime<Utc>,
    ) -> Result<Claimed, Error> {
        let keys = [keys::POST.to_owned(), keys::content(item.version)].map(|sk| key(item.pk.clone(), sk));
        let (mut head, mut content) = (None, None);
        for read in self.read_all(keys.into()).await? {
            match text(&read, "sk")?.as_str() {
                keys::POST => head = Some(from_item::<HeadItem>(read)?),
                _ => content = Some(from_item::<ContentItem>(read)?),
            }
        }
        let place = head.as_ref().filter(|head| item.is_of(head)).and_then(|head| TargetPlace::of(head, name));
        let (Some(head), Some(content), Some(place)) = (head, content, place) else {
            self.remove_target(&item).await?;
            return Ok(Claimed::NothingToDo);
        };
        let target = item.read(content.publish_before)?;
        let post = content.with(&head, Vec::new());
        let (fence, canceled_at) = (item.fence, item.canceled_at);
        let mut claim =
            Claim { tenant, post: id, target: name, fence, until, canceled_at, place, outbox: item.outbox.clone() };
        if item.saves().is_none() {
            // It waits for a person, and must not come back after each lease.
            self.leave_index(&mut claim, &post, &target, now).await?;
            return Ok(Claimed::NothingToDo);
        }
        Ok(Claimed::Yes(claim, Box::new(post), Box::new(target)))
    }

    async fn remove_target(&self, item: &TargetItem) -> Result<(), Error> {
        let sent = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key(item.pk.clone(), item.sk.clone())))
            // The opening of the present content may have replaced it.
            .condition_expression("fence = :fence AND #version = :version")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":fence", number(item.fence))
            .expression_attribute_values(":version", number(item.version))
            .send()
            .await;
        match sent {
            Err(error) if !error.as_service_error().is_some_and(|it| it.is_conditional_check_failed_exception()) => {
                Err(Error::sdk(error))
            }
            _ => Ok(()),
        }
    }

    /// Takes a target out of the due index whose stored form cannot be read, after its status was told.
    async fn leave_index(
        &self,
        claim: &mut Claim,
        post: &Post,
        target: &Target,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        claim.outbox.note(target, By::system(now));
        if claim.has_news() {
            let noted = self.update_unreadable(claim, "SET outbox = :outbox ADD revision :one").send().await;
            if !conditional(noted)? {
                return Ok(());
            }
            self.tell(claim, post).await?;
        }
        let left = self
            .update_unreadable(
                claim,
                "SET outbox = :outbox, lease_until = :free REMOVE due_at, due_shard ADD revision :one",
            )
            .expression_attribute_values(":free", number(0));
        conditional(left.send().await).map(|_| ())
    }

    fn update_unreadable(&self, claim: &Claim, update: &str) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::post(claim.tenant, claim.post), keys::target(claim.target))))
            .update_expression(update)
            .condition_expression("fence = :fence")
            .expression_attribute_values(":outbox", to_value(&claim.outbox))
            .expression_attribute_values(":fence", number(claim.fence))
            .expression_attribute_values(":one", number(1))
    }

    /// Saves a target under the claim, and counts its version.
    pub async fn save_target(&self, claim: &mut Claim, target: &mut Target) -> Result<Saved, Error> {
        self.save(claim, target, "", "", []).await
    }

    /// Saves a target and gives it back, due at its next time. If its status is to be told, it is only saved, and the claim has
    /// news.
    pub async fn finish_target(
        &self,
        claim: &mut Claim,
        target: &mut Target,
        now: DateTime<Utc>,
    ) -> Result<Saved, Error> {
        let told = claim.outbox.clone();
        claim.outbox.note(target, By::system(now));
        if claim.has_news() {
            let saved = self.save_target(claim, target).await?;
            if let Saved::Canceled(_) = saved {
                // The target never had this status.
                claim.outbox = told;
            }
            return Ok(saved);
        }
        let free = (":free", number(0));
        match target.next_at.map(|at| number(at.timestamp_millis())) {
            Some(next) => {
                self.save(claim, target, ", lease_until = :free, due_at = :next", "", [free, (":next", next)]).await
            }
            None => self.save(claim, target, ", lease_until = :free", ", due_at, due_shard", [free]).await,
        }
    }

    async fn save(
        &self,
        claim: &mut Claim,
        target: &mut Target,
        set: &str,
        remove: &str,
        values: impl IntoIterator<Item = (&'static str, AttributeValue)>,
    ) -> Result<Saved, Error> {
        let next = Target { version: target.version + 1, ..target.clone() };
        // A cancel that this worker knows is in `target`. Another one has to be applied first, also before a known answer is
        // saved, so that the states follow each other in the order in which the agency sees them.
        let canceled = if claim.canceled_at.is_some() { "" } else { " AND attribute_not_exists(canceled_at)" };
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::post(claim.tenant, claim.post), keys::target(claim.target))))
            .update_expression(format!(
                "SET target = :target, outbox = :outbox{set} REMOVE canceled_at{remove} ADD revision :one"
            ))
            // A worker whose lease has ended must not overwrite its successor's results, and one whose target was edited or
            // resolved must stop. A write that lands late must not overwrite the writes that followed its repetition.
            .condition_expression(format!("fence = :fence AND target.#version = :version{canceled}"))
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":target", to_value(&next))
            .expression_attribute_values(":outbox", to_value(&claim.outbox))
            .expression_attribute_values(":version", number(target.version))
            .expression_attribute_values(":fence", number(claim.fence))
            .expression_attribute_values(":one", number(1))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let update =
            values.into_iter().fold(update, |update, (name, value)| update.expression_attribute_values(name, value));
        let saved = match update.send().await {
            Ok(_) => Saved::Yes,
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    refused(failed.item(), claim, target, &next)?
                }
                _ => return Err(Error::sdk(error)),
            },
        };
        match saved {
            Saved::Yes => {
                *target = next;
                claim.canceled_at = None;
            }
            Saved::Canceled(at) => claim.canceled_at = Some(at),
            Saved::ClaimLost => {}
        }
        Ok(saved)
    }
}

/// Why a save was refused.
fn refused(item: Option<&Item>, claim: &Claim, target: &Target, next: &Target) -> Result<Saved, Error> {
    let Some(item) = item.cloned().map(from_item::<TargetItem>).transpose()? else { return Ok(Saved::ClaimLost) };
    if item.fence != claim.fence {
        return Ok(Saved::ClaimLost);
    }
    if item.stores(next) {
        // It has taken effect although its condition failed: its answer was lost, and this was its repetition.
        return Ok(Saved::Yes);
    }
    Ok(match item.canceled_at {
        Some(at) if item.saves() == Some(target.version) => Saved::Canceled(at),
        _ => Saved::ClaimLost,
    })
}
