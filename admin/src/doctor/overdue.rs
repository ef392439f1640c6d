//! Checks that no work is overdue: no post to open, no target to publish.

use chrono::{DateTime, Duration, Utc};
use shared::store::{Error, keys::DUE_SHARDS};

use super::Finding;
use crate::{
    deployed::{Deployed, Place},
    store_failed,
};

/// How long work may be overdue: the schedule runs each minute, and a crashed worker's target is due again after its lease.
const TOLERANCE: Duration = Duration::minutes(10);

pub(super) async fn check(deployed: &Deployed) -> Finding {
    const SUBJECT: &str = "overdue posts";
    let now = deployed.clock.now();
    match oldest(deployed, now).await {
        Err(error) => Finding::fault(SUBJECT, store_failed(error)),
        Ok(None) => Finding::ok(SUBJECT, "none"),
        Ok(Some(since)) if now - since <= TOLERANCE => {
            Finding::ok(SUBJECT, format!("the oldest has been due for {} s", (now - since).num_seconds()))
        }
        Ok(Some(since)) => {
            let waits = format!("the oldest has been due for {} minutes", (now - since).num_minutes());
            Finding::fault(
                SUBJECT,
                match deployed.place {
                    Place::Aws(_) => format!(
                        "{waits}; see the logs of dispatch-due, which announces it, of open-post, which opens a post, and of publish-target, which publishes it"
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
        // A shard is sorted by time, oldest first.
        let page = deployed.store.due(shard, now, None).await?;
        oldest = oldest.into_iter().chain(page.due.first().map(|due| due.at)).min();
    }
    Ok(oldest)
}
