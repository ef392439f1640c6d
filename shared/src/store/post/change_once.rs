//! Idempotency of requests that change a post: a replay changes nothing and gets the same answer.

use chrono::{DateTime, Utc};

use super::{
    super::{Error, Inserted, Origin},
    action::ActionRecord,
    change::{Changed, CurrentPost, PostUpdate},
};
use crate::{id::AccountId, post::Post, store::Store, tenant::Tenant};

/// The result of an idempotent change.
#[derive(Debug)]
pub enum ActionOutcome {
    Now(ActionRecord),
    /// The same request made the change before.
    Before(ActionRecord),
    /// Another request used the same idempotency key.
    KeyReused,
    AtWork,
}

impl Store {
    /// Changes a post like [`Store::change_post`], but once per `mark`. `decide` returns the post and the accounts
    /// whose targets it changed.
    ///
    /// # Errors
    /// As [`Store::change_post`].
    pub async fn change_post_once<E: From<Error>>(
        &self,
        tenant: Tenant,
        current: CurrentPost,
        now: DateTime<Utc>,
        (mark, origin): (String, Origin),
        mut decide: impl FnMut(&Post) -> Result<(Post, Vec<AccountId>), E>,
    ) -> Result<ActionOutcome, E> {
        let (mut met, mut action) = (None, None);
        let changed = self.change::<E>(tenant, current, now, |current| {
            let known = current.actions().iter().find(|action| action.mark == mark);
            met = known.map(|known| (origin.meet(&known.origin, ()), known.clone()));
            if met.is_some() {
                return Ok(None);
            }
            let (post, accounts) = decide(&current.post)?;
            let done = ActionRecord { mark: mark.clone(), origin: origin.clone(), at: now, accounts };
            action = Some(done.clone());
            Ok(Some(PostUpdate::of_targets(post).by(done)))
        });
        match (changed.await?, met, action) {
            (Changed::AtWork, ..) => Ok(ActionOutcome::AtWork),
            (_, Some((Inserted::KeyReused, _)), _) => Ok(ActionOutcome::KeyReused),
            (_, Some((Inserted::Replayed(()), action)), _) => Ok(ActionOutcome::Before(action)),
            // It may have found its own write, whose answer was lost.
            (_, Some((Inserted::New, action)), _) | (_, None, Some(action)) => Ok(ActionOutcome::Now(action)),
            (_, None, None) => Err(Error::Corrupt("a change that neither was made nor found".into()).into()),
        }
    }
}
