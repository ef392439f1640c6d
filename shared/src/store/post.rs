//! Posts: insert, find, list. Workers' operations are in `claim`, the agency's in `change`.

mod action;
mod change;
mod change_once;
mod claim;
mod stored_target;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Error, Inserted, Origin, Store, from_item, key, keys,
    listing::{List, Page},
    to_item,
};
use crate::{
    id::{AccountId, ClientId, PostId},
    post::{Overrides, Post},
    schedule::Schedule,
    tenant::Tenant,
};
use platforms::{Options, PlatformId, media::Media};
use stored_target::StoredTarget;

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
    /// The accounts, in the order of the request.
    order: Vec<AccountId>,
    targets: BTreeMap<AccountId, StoredTarget>,
    /// Fencing token: incremented by every claim and change, and a condition of every write of a worker.
    fence: u64,
    /// End of the lease of the worker that has the post, in epoch milliseconds.
    lease_until: i64,
    /// Incremented by every write, for optimistic locking of changes.
    #[serde(default)]
    revision: u64,
    /// Whether the post was edited; then [`change::CreatedItem`] keeps the post as created.
    #[serde(default)]
    edited: bool,
    /// The latest ones, oldest first.
    #[serde(default, rename = "deeds")]
    actions: Vec<ActionRecord>,
    #[serde(flatten)]
    origin: Origin,
    client_list: String,
    tenant_list: String,
    listed_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_shard: Option<String>,
    /// Epoch milliseconds. Present exactly while work is left to do.
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
            targets: post.targets.iter().map(|target| (target.account, target.clone().into())).collect(),
            fence: 0,
            lease_until: 0,
            revision: 0,
            edited: false,
            actions: Vec::new(),
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
            .map(|account| match item.targets.remove(account) {
                Some(target) => target.read(item.id, *account),
                None => Err(Error::Corrupt(format!("{} lists a target that it does not have", item.id))),
            })
            .collect::<Result<Vec<_>, _>>()?;
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

pub use action::ActionRecord;
pub use change::{Changed, CurrentPost, PostUpdate};
pub use change_once::ActionOutcome;
pub use claim::{Claim, Claimed};

impl Store {
    pub async fn insert_post(&self, tenant: Tenant, post: &Post, origin: &Origin) -> Result<Inserted<Post>, Error> {
        let item = PostItem::new(tenant, post, origin);
        match self.insert(to_item(&item)).await? {
            None => Ok(Inserted::New),
            Some(existing) => self.meet_post(from_item(existing)?, origin).await,
        }
    }

    /// Finds what an idempotency key created before, for a request that would be refused now.
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

    /// Compares an insert with the existing item.
    async fn meet_post(&self, item: PostItem, origin: &Origin) -> Result<Inserted<Post>, Error> {
        let existing = item.origin.clone();
        Ok(match origin.meet(&existing, ()) {
            Inserted::New => Inserted::New,
            Inserted::KeyReused => Inserted::KeyReused,
            Inserted::Replayed(()) => Inserted::Replayed(self.as_created(item).await?),
        })
    }

    pub async fn find_post(&self, tenant: Tenant, id: PostId) -> Result<Option<Post>, Error> {
        let item: Option<PostItem> = self.get(key(keys::post(tenant, id), keys::POST)).await?;
        item.map(Post::try_from).transpose()
    }

    /// A page of a client's posts, or of all of a tenant's, newest first, after the position `after`.
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

    /// A post's position in its lists.
    #[must_use]
    pub fn position(post: &Post) -> String {
        keys::listed_at(post.created_at, post.id)
    }
}
