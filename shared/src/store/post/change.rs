//! A post that its agency changes: read, decided on, and written only if it is still as it was read. Whoever changes a
//! post takes it from its worker. A step is on record before its first byte leaves, so either the worker's record came
//! first, and is seen here, or the worker fails to make it, and sends nothing.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use chrono::{DateTime, Utc};

use serde::{Deserialize, Serialize};

use super::{
    super::{Error, key, keys, number, to_item},
    PostItem, REVISION,
    deed::{self, Deed},
};
use crate::{id::PostId, post::Post, store::Store, tenant::Tenant};

/// How often a change is decided that keeps meeting others.
const TRIES: usize = 5;

/// A post as it was read, with what a change of it stands on.
#[derive(Debug)]
pub struct Standing {
    pub post: Post,
    item: PostItem,
}

/// What a post is to become.
#[derive(Debug)]
pub struct Change {
    post: Post,
    /// What its creation said is changed: kept apart first, for a replay of it.
    edited: bool,
    deed: Option<Deed>,
}

impl Change {
    /// Only what is known of its targets is changed.
    #[must_use]
    pub const fn of_targets(post: Post) -> Self {
        Self { post, edited: false, deed: None }
    }

    #[must_use]
    pub const fn edit(post: Post) -> Self {
        Self { post, edited: true, deed: None }
    }

    /// Done by a request that is to be remembered.
    pub(super) fn by(self, deed: Deed) -> Self {
        Self { deed: Some(deed), ..self }
    }
}

/// Beside a post that was edited: what its creation answered.
#[derive(Serialize, Deserialize)]
struct CreatedItem {
    pk: String,
    sk: String,
    post: Post,
}

/// What a change came to.
#[derive(Debug)]
pub enum Changed {
    Yes(Post),
    /// There was nothing to change.
    No(Post),
    /// A worker waits for an answer: taking the post from it would make doubt of what it sent.
    AtWork,
}

impl TryFrom<PostItem> for Standing {
    type Error = Error;

    fn try_from(item: PostItem) -> Result<Self, Error> {
        Ok(Self { post: item.clone().try_into()?, item })
    }
}

impl Standing {
    pub(super) fn deeds(&self) -> &[Deed] {
        &self.item.deeds
    }

    /// Whether a worker has the post, with a request of it under way.
    fn at_work(&self, now: DateTime<Utc>) -> bool {
        self.item.lease_until > now.timestamp_millis() && self.post.targets.iter().any(|it| it.in_flight.is_some())
    }
}

impl Store {
    /// # Errors
    /// The store's.
    pub async fn find_standing_post(&self, tenant: Tenant, id: PostId) -> Result<Option<Standing>, Error> {
        let item: Option<PostItem> = self.get(key(keys::post(tenant, id), keys::POST)).await?;
        item.map(Standing::try_from).transpose()
    }

    /// Changes a post as `decide` says of it as it stands, and takes it from a worker that has it. Where `decide` has
    /// nothing to change (`None`), nothing is written.
    ///
    /// # Errors
    /// What `decide` says; the store's, [`Error::Busy`] among them if others kept changing it.
    pub async fn change_post<E: From<Error>>(
        &self,
        tenant: Tenant,
        standing: Standing,
        now: DateTime<Utc>,
        mut decide: impl FnMut(&Post) -> Result<Option<Change>, E>,
    ) -> Result<Changed, E> {
        self.change(tenant, standing, now, |standing| decide(&standing.post)).await
    }

    pub(super) async fn change<E: From<Error>>(
        &self,
        tenant: Tenant,
        mut standing: Standing,
        now: DateTime<Utc>,
        mut decide: impl FnMut(&Standing) -> Result<Option<Change>, E>,
    ) -> Result<Changed, E> {
        for _ in 0..TRIES {
            let Some(change) = decide(&standing)? else { return Ok(Changed::No(standing.post)) };
            if standing.at_work(now) {
                return Ok(Changed::AtWork);
            }
            if self.replace(tenant, &standing, &change).await? {
                return Ok(Changed::Yes(change.post));
            }
            let again = self.find_standing_post(tenant, change.post.id).await?;
            standing = again.ok_or_else(|| Error::Corrupt(format!("{} stood a moment ago", change.post.id)))?;
        }
        Err(Error::Busy.into())
    }

    /// What the creation of a post answered.
    pub(super) async fn as_created(&self, item: PostItem) -> Result<Post, Error> {
        if !item.edited {
            return Ok(Post::try_from(item)?.as_created());
        }
        let created: Option<CreatedItem> = self.get(key(item.pk, keys::CREATED)).await?;
        let created = created.ok_or_else(|| Error::Corrupt(format!("{} was edited and not kept", item.id)))?;
        Ok(created.post)
    }

    /// Writes a post in the place of what was read. Whether that still stood.
    async fn replace(&self, tenant: Tenant, standing: &Standing, change: &Change) -> Result<bool, Error> {
        let (read, post) = (&standing.item, &change.post);
        if change.edited && !read.edited {
            // The same whoever writes it: only an edit changes what creation said, and the first to come keeps it.
            let created = standing.post.clone().as_created();
            let item = CreatedItem { pk: read.pk.clone(), sk: keys::CREATED.into(), post: created };
            self.insert(to_item(&item)).await?;
        }
        let item = PostItem {
            // From here on, whatever a worker that has the post wants to write fails.
            fence: read.fence + 1,
            revision: read.revision + 1,
            edited: read.edited || change.edited,
            deeds: deed::remember(&read.deeds, change.deed.clone()),
            ..PostItem::new(tenant, post, &read.origin)
        };
        let sent = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(to_item(&item)))
            // A worker may have claimed it or put a step on record since it was read, or another change come first.
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
