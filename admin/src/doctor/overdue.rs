//! Nothing waits that should have happened.

use chrono::{DateTime, Duration, Utc};
use shared::store::{Error, keys::DUE_SHARDS};

use super::Finding;
use crate::{
    deployed::{Deployed, Place},
    store_failed,
};

/// The clock ticks each minute, and a crashed worker's post comes back after its lease.
const PATIENCE: Duration = Duration::minutes(10);

pub(super) async fn look(deployed: &Deployed) -> Finding {
    const SUBJECT: &str = "overdue posts";
    let now = deployed.clock.now();
    match oldest(deployed, now).await {
        Err(error) => Finding::ill(SUBJECT, store_failed(error)),
        Ok(None) => Finding::well(SUBJECT, "none"),
        Ok(Some(since)) if now - since <= PATIENCE => {
            Finding::well(SUBJECT, format!("the oldest is due since {} s", (now - since).num_seconds()))
        }
        Ok(Some(since)) => {
            let waits = format!("the oldest is due since {} minutes", (now - since).num_minutes());
            Finding::ill(
                SUBJECT,
                match deployed.place {
                    Place::Aws(_) => format!(
                        "{waits}; see the logs of dispatch-due, which announces it, and of publish-post, which publishes it"
                    ),
                    Place::Folder(_) => {
                        format!("{waits}; start `cargo run -p local` on this folder, which publishes it")
                    }
                },
            )
        }
    }
}

async fn oldest(deployed: &Deployed, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Error> {
    let mut oldest = None;
    for shard in 0..DUE_SHARDS {
        // A shard's first is its oldest.
        let (due, _) = deployed.store.due(shard, now, None).await?;
        oldest = oldest.into_iter().chain(due.first().map(|due| due.at)).min();
    }
    Ok(oldest)
}
