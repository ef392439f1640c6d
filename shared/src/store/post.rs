//! Posts: inserted once, claimed by one worker at a time, saved under its fence.

mod change;
mod deed;

use std::collections::BTreeMap;

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::update_item::{UpdateItemError, UpdateItemOutput},
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Error, Inserted, Origin, Store, from_item, key, keys,
    listing::{List, Page},
    number, to_item, to_value,
};
use crate::{
    id::{AccountId, ClientId, PostId},
    media::Media,
    platform_id::PlatformId,
    post::{Options, Overrides, Post},
    schedule::Schedule,
    target::Target,
    tenant::Tenant,
};

const REVISION: &str = "revision";

#[derive(Debug, Clone, Serialize, Deserialize)]
struct PostItem {
    pk: String,
    sk: String,
    id: PostId,
    client: ClientId,
    content: String,
    #[serde(default)]
    media: Vec<Media>,
    #[serde(default)]
    options: BTreeMap<PlatformId, Options>,
    #[serde(default)]
    overrides: Overrides,
    schedule: Schedule,
    publish_before: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    /// The accounts, in the order the agency named them.
    order: Vec<AccountId>,
    targets: BTreeMap<AccountId, Target>,
    /// Counts the claims; every write of a worker is conditioned on it.
    fence: u64,
    /// Epoch milliseconds: until then one worker has the post.
    lease_until: i64,
    /// Counts the writes: who changes what was read writes only if it is still so.
    #[serde(default)]
    revision: u64,
    /// What its creation answered is kept beside it.
    #[serde(default)]
    edited: bool,
    /// The last ones, oldest first.
    #[serde(default)]
    deeds: Vec<Deed>,
    #[serde(flatten)]
    origin: Origin,
    client_list: String,
    tenant_list: String,
    listed_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_shard: Option<String>,
    /// Epoch milliseconds. Present exactly while something is left to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<i64>,
}

impl PostItem {
    fn new(tenant: Tenant, post: &Post, origin: &Origin) -> Self {
        Self {
            pk: keys::post(tenant, post.id),
            sk: keys::POST.into(),
            id: post.id,
            client: post.client,
            content: post.content.clone(),
            media: post.media.clone(),
            options: post.options.clone(),
            overrides: post.overrides.clone(),
            schedule: post.schedule,
            publish_before: post.publish_before,
            created_at: post.created_at,
            order: post.targets.iter().map(|target| target.account).collect(),
            targets: post.targets.iter().map(|target| (target.account, target.clone())).collect(),
            fence: 0,
            lease_until: 0,
            revision: 0,
            edited: false,
            deeds: Vec::new(),
            origin: origin.clone(),
            client_list: keys::posts_of_client(tenant, post.client),
            tenant_list: keys::posts_of_tenant(tenant),
            listed_at: keys::listed_at(post.created_at, post.id),
            due_shard: post.next_at().map(|_| keys::due_shard(post.id)),
            due_at: post.next_at().map(|at| at.timestamp_millis()),
        }
    }
}

impl TryFrom<PostItem> for Post {
    type Error = Error;

    fn try_from(mut item: PostItem) -> Result<Self, Error> {
        let targets = item
            .order
            .iter()
            .map(|account| item.targets.remove(account))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| Error::Corrupt(format!("{} names a target that it does not have", item.id)))?;
        Ok(Self {
            id: item.id,
            client: item.client,
            content: item.content,
            media: item.media,
            options: item.options,
            overrides: item.overrides,
            schedule: item.schedule,
            publish_before: item.publish_before,
            created_at: item.created_at,
            targets,
        })
    }
}

pub use change::{Change, Changed, Standing};
pub use deed::{Deed, Done};

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
    /// # Errors
    /// The store's.
    pub async fn insert_post(&self, tenant: Tenant, post: &Post, origin: &Origin) -> Result<Inserted<Post>, Error> {
        let item = PostItem::new(tenant, post, origin);
        match self.insert(to_item(&item)).await? {
            None => Ok(Inserted::New),
            Some(standing) => self.meet_post(from_item(standing)?, origin).await,
        }
    }

    /// What an idempotency key has made before, for a request that would now be refused.
    ///
    /// # Errors
    /// The store's.
    pub async fn replay_post(
        &self,
        tenant: Tenant,
        id: PostId,
        origin: &Origin,
    ) -> Result<Option<Inserted<Post>>, Error> {
        let item: Option<PostItem> = self.get(key(keys::post(tenant, id), keys::POST)).await?;
        match item {
            Some(item) => self.meet_post(item, origin).await.map(Some),
            None => Ok(None),
        }
    }

    /// What the insert of a post meets in its place.
    async fn meet_post(&self, item: PostItem, origin: &Origin) -> Result<Inserted<Post>, Error> {
        let standing = item.origin.clone();
        Ok(match origin.meet(&standing, ()) {
            Inserted::New => Inserted::New,
            Inserted::KeyReused => Inserted::KeyReused,
            Inserted::Replayed(()) => Inserted::Replayed(self.as_created(item).await?),
        })
    }

    /// # Errors
    /// The store's.
    pub async fn find_post(&self, tenant: Tenant, id: PostId) -> Result<Option<Post>, Error> {
        let item: Option<PostItem> = self.get(key(keys::post(tenant, id), keys::POST)).await?;
        item.map(Post::try_from).transpose()
    }

    /// A client's posts, or all of a tenant's, newest first: a page of them behind the position `after`.
    ///
    /// # Errors
    /// The store's.
    pub async fn list_posts(
        &self,
        tenant: Tenant,
        client: Option<ClientId>,
        limit: usize,
        after: Option<&str>,
    ) -> Result<Page<Post>, Error> {
        let list = match client {
            Some(client) => List::of_client(keys::posts_of_client(tenant, client)),
            None => List::of_tenant(keys::posts_of_tenant(tenant)),
        };
        self.list::<PostItem, _>(list, limit, after).await
    }

    /// Where a post stands in its lists.
    #[must_use]
    pub fn position(post: &Post) -> String {
        keys::listed_at(post.created_at, post.id)
    }

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
        held(sent)
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
        held(update.send().await)
    }
}

fn held(sent: Result<UpdateItemOutput, SdkError<UpdateItemError>>) -> Result<bool, Error> {
    match sent {
        Ok(_) => Ok(true),
        Err(error) if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => Ok(false),
        Err(error) => Err(Error::sdk(error)),
    }
}
