//! Editing a post: one transaction writes the next version of its content, and withdraws the targets of the present one. The post
//! then opens again, at its new time.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};

use super::{CurrentPost, HeadItem, TRIES, content::ContentItem, target_item::TargetItem};
use crate::{
    event::By,
    post::{Post, TargetName},
    store::{
        Error, Store, key, keys, number, to_item,
        transact::{self, Outcome},
    },
    tenant::Tenant,
};

impl Store {
    /// Replaces the post by the one that `decide` returns, with new targets.
    ///
    /// # Errors
    /// If `decide` fails, or the store does; [`Error::Busy`] if concurrent changes kept conflicting.
    pub async fn edit_post<E: From<Error>>(
        &self,
        tenant: Tenant,
        mut current: CurrentPost,
        by: By,
        mut decide: impl FnMut(&Post) -> Result<Post, E>,
    ) -> Result<Post, E> {
        for _ in 0..TRIES {
            let edited = decide(&current.post)?;
            if self.replace(tenant, &current, &edited, by).await? {
                return Ok(edited);
            }
            current = self.find_again(tenant, current.head.id).await?;
        }
        Err(Error::Busy.into())
    }

    /// Returns `false` if the post or a target was changed, or claimed by a worker, since it was read.
    async fn replace(&self, tenant: Tenant, current: &CurrentPost, edited: &Post, by: By) -> Result<bool, Error> {
        self.tell_all(tenant, current).await?;
        let (read, table) = (&current.head, &self.table);
        let head = HeadItem {
            version: read.version + 1,
            revision: read.revision + 1,
            actions: read.actions.clone(),
            ..HeadItem::new(tenant, edited, read.origin.clone())
        };
        let content = ContentItem::new(head.pk.clone(), head.version, edited);
        let mut items = vec![
            transact::put(table, to_item(&head), "revision = :revision")
                .value(":revision", number(read.revision))
                .build(),
            transact::overwrite(table, to_item(&content)),
            transact::overwrite(table, self.edited_event(tenant, (&current.post, read.revision), edited, by)),
        ];
        if read.version > 1 {
            items.push(transact::delete(table, read.content_key()));
        }
        for target in current.post.targets.iter().filter(|_| read.opened) {
            let key = key(read.pk.clone(), keys::target(TargetName::of(target)));
            items.push(match current.stored.get(&target.account) {
                Some(stored) => withdraw(table, stored),
                // The opening may have stored it since. One of an earlier content is no worker's.
                None => transact::check(
                    table,
                    key,
                    "attribute_not_exists(pk) OR version < :version",
                    [(":version", number(read.version))],
                ),
            });
        }
        Ok(matches!(self.transact(items).await?, Outcome::Done))
    }
}

/// Takes a target from its worker and from the due index. The item stays until the next opening replaces it: if it was deleted, a
/// late write of the present opening could store it again, with a fence that a worker has.
#[expect(clippy::expect_used, reason = "a builder fails only if a part is missing")]
fn withdraw(table: &str, stored: &TargetItem) -> TransactWriteItem {
    let update = Update::builder()
        .table_name(table)
        .set_key(Some(key(stored.pk.clone(), stored.sk.clone())))
        .update_expression("SET fence = fence + :one, lease_until = :free REMOVE due_at, due_shard ADD revision :one")
        .condition_expression("revision = :revision")
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":free", number(0))
        .expression_attribute_values(":revision", number(stored.revision))
        .build()
        .expect("table, key and expression are given");
    transact::update(update)
}
