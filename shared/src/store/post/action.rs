//! Actions of the agency on the targets of a post, once per idempotency key: retry and resolve. One transaction changes the
//! targets and records the action in the head, which stores its last ones. A replay changes nothing and gets the same answer.

use chrono::{DateTime, Utc};
use publishing::Target;
use serde::{Deserialize, Serialize};

use super::{CurrentPost, TRIES, target_item::TargetItem};
use crate::{
    event::By,
    id::AccountId,
    post::Post,
    store::{
        Error, Inserted, Origin, Store, number, to_item, to_value,
        transact::{self, Outcome},
    },
    tenant::Tenant,
};

/// How many are stored.
const KEPT: usize = 10;

/// The record of a request that changed targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionRecord {
    /// Derived from tenant, path and idempotency key.
    pub mark: String,
    pub origin: Origin,
    pub at: DateTime<Utc>,
    /// The accounts whose targets were changed.
    pub accounts: Vec<AccountId>,
}

/// The result of an action.
#[derive(Debug)]
pub enum ActionOutcome {
    Now(ActionRecord),
    /// The same request made the change before.
    Before(ActionRecord),
    /// Another request used the same idempotency key.
    KeyReused,
}

impl Store {
    /// Replaces targets of a post by those that `decide` returns, once per `mark`, and takes them from their workers.
    ///
    /// # Errors
    /// If `decide` fails, or the store does; [`Error::Busy`] if concurrent changes kept conflicting.
    pub async fn act_on_targets<E: From<Error>>(
        &self,
        tenant: Tenant,
        mut current: CurrentPost,
        by: By,
        (mark, origin): (String, Origin),
        mut decide: impl FnMut(&Post) -> Result<Vec<Target>, E>,
    ) -> Result<ActionOutcome, E> {
        for _ in 0..TRIES {
            if let Some(known) = current.head.actions.iter().find(|action| action.mark == mark) {
                return Ok(match origin.meet(&known.origin, known.clone()) {
                    // Its own write, whose answer was lost.
                    Inserted::New => ActionOutcome::Now(known.clone()),
                    Inserted::Replayed(action) => ActionOutcome::Before(action),
                    Inserted::KeyReused => ActionOutcome::KeyReused,
                });
            }
            let targets = decide(&current.post)?;
            let accounts = targets.iter().map(|target| target.account).collect();
            let action = ActionRecord { mark: mark.clone(), origin: origin.clone(), at: by.at, accounts };
            if self.act(&current, &action, by, targets).await? {
                return Ok(ActionOutcome::Now(action));
            }
            current = self.find_again(tenant, current.head.id).await?;
        }
        Err(Error::Busy.into())
    }

    /// Returns `false` if the head or a target was changed, or a target claimed by a worker, since it was read.
    #[expect(clippy::expect_used, reason = "a builder fails only if a part is missing")]
    async fn act(
        &self,
        current: &CurrentPost,
        action: &ActionRecord,
        by: By,
        targets: Vec<Target>,
    ) -> Result<bool, Error> {
        let head = &current.head;
        let dropped = (head.actions.len() + 1).saturating_sub(KEPT);
        let actions: Vec<_> = head.actions.iter().skip(dropped).chain([action]).collect();
        let record = aws_sdk_dynamodb::types::Update::builder()
            .table_name(&self.table)
            .set_key(Some(head.key()))
            .update_expression("SET actions = :actions ADD revision :one")
            .condition_expression("revision = :revision")
            .expression_attribute_values(":actions", to_value(&actions))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":revision", number(head.revision))
            .build()
            .expect("table, key and expression are given");
        let mut items = vec![transact::update(record)];
        for target in targets {
            let stored = current.stored.get(&target.account);
            let stored =
                stored.ok_or_else(|| Error::Corrupt(format!("{} has ended without an item", target.account)))?;
            let item: TargetItem = stored.replaced_by(head, target, by);
            let put = transact::put(&self.table, to_item(&item), "revision = :revision");
            items.push(put.value(":revision", number(stored.revision)).build());
        }
        Ok(matches!(self.transact(items).await?, Outcome::Done))
    }
}
