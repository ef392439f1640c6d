//! One shard of the due index.

use chrono::{DateTime, Utc};
use shared::{queue::Message, store::Due};

use super::{
    Deps, Error, Report,
    announced::{AHEAD, announced},
};

/// How many messages are sent with delays from one moment. SQS takes a tenth of a second for them.
const TOGETHER: usize = 500;

/// Announces a shard's work, page by page. An error leaves the shard as it was, so the next tick announces the same again.
pub(super) async fn announce(deps: &Deps, shard: u8, now: DateTime<Utc>) -> Result<Report, Error> {
    let mut page = deps.store.due(shard, now + AHEAD, None).await?;
    // Most shards of most minutes are empty.
    let up_to = if page.due.is_empty() { None } else { deps.store.announced_up_to(shard).await? };
    let mut report = Report::NOTHING;
    loop {
        for malformed in &page.malformed {
            tracing::error!(shard, malformed, "an entry of the due index cannot be read");
        }
        let wanted: Vec<_> = page.due.iter().filter(|due| announced(due.at, up_to, now)).collect();
        let mut refused = 0;
        for part in wanted.chunks(TOGETHER) {
            // A delay counts from when its message is sent, and the messages before may have taken long.
            let sent_at = deps.clock.now();
            let messages: Vec<_> =
                part.iter().map(|due| (Message::new(due.tenant, due.post, due.target), delay(due, sent_at))).collect();
            refused += deps.queue.send_all(&messages).await?;
        }
        let oldest = page.due.iter().map(|due| due.at).fold(now, DateTime::min);
        tracing::info!(shard, due = page.due.len(), announced = wanted.len(), "looked for due posts");
        report = report.and(Report {
            announced: wanted.len() - refused,
            oldest_overdue: now - oldest,
            not_announced: page.malformed.len() + refused,
        });
        let Some(from) = page.next else { break };
        page = deps.store.due(shard, now + AHEAD, Some(from)).await?;
    }
    // Without an announcement there is nothing that a later tick could repeat, and a quiet deployment writes nothing.
    if report.announced > 0 {
        deps.store.mark_announced(shard, now + AHEAD).await?;
    }
    Ok(report)
}

fn delay(due: &Due, sent_at: DateTime<Utc>) -> std::time::Duration {
    (due.at - sent_at).to_std().unwrap_or_default()
}
