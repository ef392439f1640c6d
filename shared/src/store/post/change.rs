//! Changes of a post by its agency, with optimistic locking: read, decide, and write only if the post is unchanged. A
//! change takes the post from its worker. The worker records each step before sending it, so either the record came
//! first and the change sees it, or recording fails and the worker sends nothing.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use chrono::{DateTime, Utc};

use serde::{Deserialize, Serialize};

use super::{
    super::{Error, key, keys, number, to_item},
    PostItem, REVISION,
    action::{self, ActionRecord},
};
use crate::{id::PostId, post::Post, store::Store, tenant::Tenant};

/// How often a change that conflicts with others is retried.
const TRIES: usize = 5;

/// A post as it was read, with the data for an optimistic update.
#[derive(Debug)]
pub struct CurrentPost {
    pub post: Post,
    item: PostItem,
}

/// A new version of a post.
#[derive(Debug)]
pub struct PostUpdate {
    post: Post,
    /// Content set by the creation changes. The post as created is stored first, for replays.
    edited: bool,
    action: Option<ActionRecord>,
}

impl PostUpdate {
    /// Changes only the state of targets.
    #[must_use]
    pub const fn of_targets(post: Post) -> Self {
        Self { post, edited: false, action: None }
    }

    #[must_use]
    pub const fn edit(post: Post) -> Self {
        Self { post, edited: true, action: None }
    }

    /// Records the request that makes the change.
    pub(super) fn by(self, action: ActionRecord) -> Self {
        Self { action: Some(action), ..self }
    }
}

/// Stored beside an edited post: the post as created.
#[derive(Serialize, Deserialize)]
struct CreatedItem {
    pk: String,
    sk: String,
    post: Post,
}

/// The result of a change.
#[derive(Debug)]
pub enum Changed {
    Yes(Post),
    /// Nothing had to be changed.
    No(Post),
    /// A worker waits for a platform's answer. Taking the post away would leave the outcome of its request unknown.
    AtWork,
}

impl TryFrom<PostItem> for CurrentPost {
    type Error = Error;

    fn try_from(item: PostItem) -> Result<Self, Error> {
        Ok(Self { post: item.clone().try_into()?, item })
    }
}

impl CurrentPost {
    pub(super) fn actions(&self) -> &[ActionRecord] {
        &self.item.actions
    }

    /// Whether a worker has the post and a request for it in flight.
    fn at_work(&self, now: DateTime<Utc>) -> bool {
        self.item.lease_until > now.timestamp_millis() && self.post.targets.iter().any(|it| it.in_flight.is_some())
    }
}

impl Store {
    pub async fn find_current_post(&self, tenant: Tenant, id: PostId) -> Result<Option<CurrentPost>, Error> {
        let item: Option<PostItem> = self.get(key(keys::post(tenant, id), keys::POST)).await?;
        item.map(CurrentPost::try_from).transpose()
    }

    /// Applies the change that `decide` returns for the current post, and takes the post from its worker. If `decide`
    /// returns `None`, nothing is written.
    ///
    /// # Errors
    /// If `decide` fails, or the store does; [`Error::Busy`] if concurrent changes kept conflicting.
    pub async fn change_post<E: From<Error>>(
        &self,
        tenant: Tenant,
        current: CurrentPost,
        now: DateTime<Utc>,
        mut decide: impl FnMut(&Post) -> Result<Option<PostUpdate>, E>,
    ) -> Result<Changed, E> {
        self.change(tenant, current, now, |current| decide(&current.post)).await
    }

    pub(super) async fn change<E: From<Error>>(
        &self,
        tenant: Tenant,
        mut current: CurrentPost,
        now: DateTime<Utc>,
        mut decide: impl FnMut(&CurrentPost) -> Result<Option<PostUpdate>, E>,
    ) -> Result<Changed, E> {
        for _ in 0..TRIES {
            let Some(change) = decide(&current)? else { return Ok(Changed::No(current.post)) };
            if current.at_work(now) {
                return Ok(Changed::AtWork);
            }
            if self.replace(tenant, &current, &change).await? {
                return Ok(Changed::Yes(change.post));
            }
            let again = self.find_current_post(tenant, change.post.id).await?;
            current = again.ok_or_else(|| Error::Corrupt(format!("{} disappeared during a change", change.post.id)))?;
        }
        Err(Error::Busy.into())
    }

    /// The post as its creation returned it.
    pub(super) async fn as_created(&self, item: PostItem) -> Result<Post, Error> {
        if !item.edited {
            return Ok(Post::try_from(item)?.as_created());
        }
        let created: Option<CreatedItem> = self.get(key(item.pk, keys::CREATED)).await?;
        let created =
            created.ok_or_else(|| Error::Corrupt(format!("{} was edited but its original is missing", item.id)))?;
        Ok(created.post)
    }

    /// Replaces the post; `false` if it has changed since it was read.
    async fn replace(&self, tenant: Tenant, current: &CurrentPost, change: &PostUpdate) -> Result<bool, Error> {
        let (read, post) = (&current.item, &change.post);
        if change.edited && !read.edited {
            // Idempotent: every writer stores the same value, because only an edit changes it and the first edit stores
            // it.
            let created = current.post.clone().as_created();
            let item = CreatedItem { pk: read.pk.clone(), sk: keys::CREATED.into(), post: created };
            self.insert(to_item(&item)).await?;
        }
        let item = PostItem {
            // From here on, every write of a worker that has the post fails.
            fence: read.fence + 1,
            revision: read.revision + 1,
            edited: read.edited || change.edited,
            actions: action::remember(&read.actions, change.action.clone()),
            ..PostItem::new(tenant, post, &read.origin)
        };
        let sent = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(to_item(&item)))
            // Fails if a worker has claimed it or recorded a step, or another change was made, since it was read.
            .condition_expression("attribute_not_exists(#revision) OR #revision = :revision")
            .expression_attribute_names("#revision", REVISION)
            .expression_attribute_values(":revision", number(read.revision))
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
}
