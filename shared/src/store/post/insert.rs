//! The creation of a post, once per id.

use super::{HeadItem, content::ContentItem};
use crate::{
    event::Actor,
    id::PostId,
    post::Post,
    store::{
        Error, Inserted, Origin, Store, from_item, key, keys, to_item,
        transact::{self, Outcome},
    },
    tenant::Tenant,
};

const ABSENT: &str = "attribute_not_exists(pk)";

impl Store {
    /// Inserts a post whose targets are new.
    pub async fn insert_post(
        &self,
        tenant: Tenant,
        post: &Post,
        origin: &Origin,
        actor: Actor,
    ) -> Result<Inserted<Post>, Error> {
        let head = HeadItem::new(tenant, post, origin.clone());
        let content = ContentItem::new(head.pk.clone(), head.version, post);
        let content = content.listed(self.created_event(tenant, post, actor));
        let items = vec![
            transact::put(&self.table, to_item(&head), ABSENT).build(),
            transact::put(&self.table, to_item(&content), ABSENT).build(),
        ];
        match self.transact(items).await? {
            Outcome::Done => Ok(Inserted::New),
            Outcome::Refused(existing) => match existing.into_iter().next().flatten() {
                Some(head) => self.meet_post(from_item(head)?, origin).await,
                None => Err(Error::Corrupt(format!("{} has content but no head", post.id))),
            },
        }
    }

    /// Finds what an idempotency key created before, for a request that would be refused now.
    pub async fn replay_post(
        &self,
        tenant: Tenant,
        id: PostId,
        origin: &Origin,
    ) -> Result<Option<Inserted<Post>>, Error> {
        let head: Option<HeadItem> = self.get(key(keys::post(tenant, id), keys::POST)).await?;
        match head {
            Some(head) => self.meet_post(head, origin).await.map(Some),
            None => Ok(None),
        }
    }

    /// Compares an insert with the existing post.
    async fn meet_post(&self, head: HeadItem, origin: &Origin) -> Result<Inserted<Post>, Error> {
        Ok(match origin.meet(&head.origin, ()) {
            Inserted::New => Inserted::New,
            Inserted::KeyReused => Inserted::KeyReused,
            Inserted::Replayed(()) => Inserted::Replayed(self.post_as_created(&head).await?),
        })
    }

    async fn post_as_created(&self, head: &HeadItem) -> Result<Post, Error> {
        let created: Option<ContentItem> = self.get(key(head.pk.clone(), keys::content(1))).await?;
        let created = created.ok_or_else(|| Error::Corrupt(format!("{} is without its first content", head.id)))?;
        Ok(created.into_created(head))
    }
}
