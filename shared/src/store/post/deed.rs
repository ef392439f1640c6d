//! What a request did to a post, where it made nothing of its own: the post remembers the last ten, so that a replay does
//! nothing and answers the same.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    super::{Error, Inserted, Origin},
    change::{Change, Changed, Standing},
};
use crate::{id::AccountId, post::Post, store::Store, tenant::Tenant};

/// How many are remembered.
const KEPT: usize = 10;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// Of tenant, path and idempotency key.
    pub mark: String,
    pub origin: Origin,
    pub at: DateTime<Utc>,
    /// Whose targets were changed.
    pub accounts: Vec<AccountId>,
}

/// What a change came to that is done once a key.
#[derive(Debug)]
pub enum Done {
    Now(Deed),
    /// This very request did it before.
    Before(Deed),
    /// Another request did something with the same idempotency key.
    KeyReused,
    AtWork,
}

/// Adds one, and forgets the oldest.
pub(super) fn remember(deeds: &[Deed], deed: Option<Deed>) -> Vec<Deed> {
    let all: Vec<_> = deeds.iter().cloned().chain(deed).collect();
    all[all.len().saturating_sub(KEPT)..].to_vec()
}

impl Store {
    /// Changes a post as [`Store::change_post`] does, once a `mark`. `decide` gives the post and the accounts whose targets
    /// it changed.
    ///
    /// # Errors
    /// As there.
    pub async fn change_post_once<E: From<Error>>(
        &self,
        tenant: Tenant,
        standing: Standing,
        now: DateTime<Utc>,
        (mark, origin): (String, Origin),
        mut decide: impl FnMut(&Post) -> Result<(Post, Vec<AccountId>), E>,
    ) -> Result<Done, E> {
        let (mut met, mut deed) = (None, None);
        let changed = self.change::<E>(tenant, standing, now, |standing| {
            let known = standing.deeds().iter().find(|deed| deed.mark == mark);
            met = known.map(|known| (origin.meet(&known.origin, ()), known.clone()));
            if met.is_some() {
                return Ok(None);
            }
            let (post, accounts) = decide(&standing.post)?;
            let done = Deed { mark: mark.clone(), origin: origin.clone(), at: now, accounts };
            deed = Some(done.clone());
            Ok(Some(Change::of_targets(post).by(done)))
        });
        match (changed.await?, met, deed) {
            (Changed::AtWork, ..) => Ok(Done::AtWork),
            (_, Some((Inserted::KeyReused, _)), _) => Ok(Done::KeyReused),
            (_, Some((Inserted::Replayed(()), deed)), _) => Ok(Done::Before(deed)),
            // What it met may be its own write, whose answer was lost.
            (_, Some((Inserted::New, deed)), _) | (_, None, Some(deed)) => Ok(Done::Now(deed)),
            (_, None, None) => Err(Error::Corrupt("a deed that was not done".into()).into()),
        }
    }
}
