//! Every minute: announces to the queue what falls due soon, and again what is overdue.
//!
//! Safe to repeat: an announcement is a hint, a claim decides. Nothing is remembered between ticks: overdue work is found
//! by the same query as due work, so nothing is forgotten after an outage.

use chrono::{DateTime, Duration, Utc};
use shared::{
    clock::Clock,
    deployment::{self, Deployment},
    queue::{self, Message, Queue},
    store::{self, Due, Store, keys::DUE_SHARDS},
};

/// How far ahead a tick looks. It may come anywhere inside its minute, and the one after it late.
const AHEAD: Duration = Duration::seconds(150);

pub struct Deps {
    pub store: Store,
    pub queue: Queue,
    pub clock: Clock,
}

impl Deps {
    /// # Errors
    /// The environment's.
    pub fn new(deployment: &Deployment) -> Result<Self, deployment::Error> {
        Ok(Self { store: deployment.store()?, queue: deployment.queue()?, clock: deployment.clock.clone() })
    }
}

/// A tick that did not get through. The next one finds the same work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Queue(#[from] queue::Error),
}

/// # Errors
/// The store's and the queue's.
pub async fn handle(deps: &Deps) -> Result<(), Error> {
    let now = deps.clock.now();
    for shard in 0..DUE_SHARDS {
        let mut from = None;
        loop {
            let (due, next) = deps.store.due(shard, now + AHEAD, from).await?;
            let messages: Vec<_> = due
                .iter()
                .filter(|due| announced(due.at, now))
                .map(|due| (Message::new(due.tenant, due.post), delay(due, now)))
                .collect();
            deps.queue.send_all(&messages).await?;
            tracing::info!(shard, due = due.len(), announced = messages.len(), "looked for due posts");
            from = next;
            if from.is_none() {
                break;
            }
        }
    }
    Ok(())
}

fn delay(due: &Due, now: DateTime<Utc>) -> std::time::Duration {
    (due.at - now).to_std().unwrap_or_default()
}

/// Whether this tick announces what is due at `at`: what is overdue at growing intervals (in the first minute, then after
/// 1, 2, 4, 8 … minutes, and every hour), so that an outage's backlog does not fill the queue again and again.
fn announced(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let minutes = (now - at).num_minutes();
    minutes <= 0 || minutes.unsigned_abs().is_power_of_two() || minutes % 60 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overdue_work_is_announced_at_growing_intervals() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let minutes: Vec<i64> = (-2..=130).filter(|ago| announced(now - Duration::minutes(*ago), now)).collect();
        assert_eq!(minutes, [-2, -1, 0, 1, 2, 4, 8, 16, 32, 60, 64, 120, 128]);
    }
}
