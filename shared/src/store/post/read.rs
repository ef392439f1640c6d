//! Posts read from their items.

use std::collections::{BTreeMap, HashMap};

use super::{HeadItem, TRIES, content::ContentItem, target_item::TargetItem};
use crate::{
    id::{AccountId, ClientId, PostId},
    post::{Post, TargetName},
    store::{
        Error, Item, Store, from_item, keys,
        listing::{List, Page, text},
    },
    tenant::Tenant,
};

/// A post as it was read, with the data for an optimistic change.
#[derive(Debug)]
pub struct CurrentPost {
    pub post: Post,
    pub(super) head: HeadItem,
    pub(super) stored: BTreeMap<AccountId, TargetItem>,
}

impl CurrentPost {
    /// The post of a head and its other items, of whatever version; `None` if its content is not among them.
    fn of(head: HeadItem, items: Vec<Item>) -> Result<Option<Self>, Error> {
        let (mut content, mut stored) = (None, BTreeMap::new());
        for item in items {
            let sk = text(&item, "sk")?;
            if let Some(target) = keys::parse_target(&sk) {
                stored.insert(target.account, from_item::<TargetItem>(item)?);
            } else if sk == keys::content(head.version) {
                content = Some(from_item::<ContentItem>(item)?);
            }
        }
        stored.retain(|_, item| item.is_of(&head));
        let post = content.map(|content| content.post(&head, &stored)).transpose()?;
        Ok(post.map(|post| Self { post, head, stored }))
    }
}

impl Store {
    pub async fn find_post(&self, tenant: Tenant, id: PostId) -> Result<Option<Post>, Error> {
        Ok(self.find_current_post(tenant, id).await?.map(|current| current.post))
    }

    /// A strongly consistent read of a post. Its items are of one moment only within a page of 1 MB; a change that is based on
    /// them is conditioned on each.
    pub async fn find_current_post(&self, tenant: Tenant, id: PostId) -> Result<Option<CurrentPost>, Error> {
        for _ in 0..TRIES {
            let mut items = self.partition(keys::post(tenant, id)).await?;
            let head = items.iter().position(|item| text(item, "sk").is_ok_and(|sk| sk == keys::POST));
            let Some(head) = head.map(|n| items.swap_remove(n)) else { return Ok(None) };
            if let Some(current) = CurrentPost::of(from_item(head)?, items)? {
                return Ok(Some(current));
            }
            // An edit came between two pages.
        }
        Err(Error::Corrupt(format!("{id} is without its content")))
    }

    /// The post as a change finds it that was refused.
    pub(super) async fn find_again(&self, tenant: Tenant, id: PostId) -> Result<CurrentPost, Error> {
        let found = self.find_current_post(tenant, id).await?;
        found.ok_or_else(|| Error::Corrupt(format!("{id} disappeared during a change")))
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
        let Page { items: heads, next } = self.list::<HeadItem, HeadItem>(list, limit, after).await?;
        let ids: Vec<_> = heads.iter().map(|head| head.id).collect();
        let mut posts = BTreeMap::new();
        let mut left = heads;
        for _ in 0..TRIES {
            left = self.compose(left, &mut posts).await?;
            if left.is_empty() {
                let items = ids.into_iter().filter_map(|id| posts.remove(&id)).collect();
                return Ok(Page { items, next });
            }
        }
        Err(Error::Busy)
    }

    /// Adds the posts of these heads. Returns the heads, read again, whose content was replaced by an edit between the reads.
    async fn compose(&self, heads: Vec<HeadItem>, posts: &mut BTreeMap<PostId, Post>) -> Result<Vec<HeadItem>, Error> {
        let keys = heads.iter().flat_map(|head| {
            let targets: &[TargetName] = if head.opened { &head.targets } else { &[] };
            std::iter::once(head.content_key()).chain(targets.iter().map(|target| head.target_key(*target)))
        });
        let mut parts: HashMap<String, Vec<Item>> = HashMap::new();
        for item in self.read_all(keys.collect()).await? {
            parts.entry(text(&item, "pk")?).or_default().push(item);
        }
        let mut edited = Vec::new();
        for head in heads {
            let (id, key, parts) = (head.id, head.key(), parts.remove(&head.pk).unwrap_or_default());
            match CurrentPost::of(head, parts)? {
                Some(current) => drop(posts.insert(id, current.post)),
                None => edited.push(key),
            }
        }
        self.read_all(edited).await?.into_iter().map(from_item).collect()
    }
}
