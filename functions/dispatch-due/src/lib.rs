//! Every minute: announces to the queue what falls due soon, and again what is overdue.
//!
//! Safe to repeat: an announcement is a hint, a claim decides. Overdue work is found by the same query as due work, so
//! nothing is forgotten after an outage. What a process remembers of its last tick only keeps it from announcing too much.

pub mod metric;

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};
use shared::{
    clock::Clock,
    deployment::{self, Parts},
    queue::{self, Message, Queue},
    store::{self, Due, Store, keys::DUE_SHARDS},
};

/// How far ahead a tick looks. It may come anywhere inside its minute, and the one after it late.
const AHEAD: Duration = Duration::seconds(150);

pub struct Deps {
    pub store: Store,
    pub queue: Queue,
    pub clock: Clock,
    pub last: LastTick,
    /// This function's name in Lambda.
    pub function: String,
}

/// When this process last ticked to the end.
#[derive(Debug, Default)]
pub struct LastTick(Mutex<Option<DateTime<Utc>>>);

impl LastTick {
    fn get(&self) -> Option<DateTime<Utc>> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }
}

impl Deps {
    /// # Errors
    /// A part cannot be made.
    pub async fn of(parts: &Parts) -> Result<Self, deployment::Error> {
        Ok(Self {
            store: parts.store().await?,
            queue: parts.queue().await?,
            clock: parts.clock().await?,
            last: LastTick::default(),
            function: parts.function_name().await?,
        })
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

/// A tick, and its metric on standard output, where CloudWatch picks it up.
///
/// # Errors
/// The store's and the queue's; then there is no metric, which is an alarm as well.
pub async fn tick(deps: &Deps) -> Result<(), Error> {
    let overdue = handle(deps).await?;
    println!("{}", metric::oldest_overdue(&deps.function, overdue, deps.clock.now()));
    Ok(())
}

/// How long the oldest post has been overdue; zero if none is.
///
/// # Errors
/// The store's and the queue's.
pub async fn handle(deps: &Deps) -> Result<Duration, Error> {
    let (last, now) = (deps.last.get(), deps.clock.now());
    let mut oldest = now;
    for shard in 0..DUE_SHARDS {
        let mut from = None;
        loop {
            let (due, next) = deps.store.due(shard, now + AHEAD, from).await?;
            let messages: Vec<_> = due
                .iter()
                .filter(|due| announced(due.at, last, now))
                .map(|due| (Message::new(due.tenant, due.post), delay(due, now)))
                .collect();
            deps.queue.send_all(&messages).await?;
            oldest = due.iter().map(|due| due.at).fold(oldest, DateTime::min);
            tracing::info!(shard, due = due.len(), announced = messages.len(), "looked for due posts");
            from = next;
            if from.is_none() {
                break;
            }
        }
    }
    deps.last.set(now);
    Ok(now - oldest)
}

fn delay(due: &Due, now: DateTime<Utc>) -> std::time::Duration {
    (due.at - now).to_std().unwrap_or_default()
}

/// Whether this tick announces what is due at `at`: what is overdue at growing intervals (in the first minute, then after
/// 1, 2, 4, 8 … minutes, and every hour), so that a backlog does not fill the queue again and again. What the ticks
/// since `last` should have announced and were not there to, this one does; a process's first announces everything.
fn announced(at: DateTime<Utc>, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let Some(last) = last else { return true };
    let minutes = (now - at).num_minutes();
    let since = (last - at).num_minutes() + 1;
    minutes <= 0 || (since..=minutes).any(|minute| minute.unsigned_abs().is_power_of_two() || minute % 60 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

    fn announced_minutes(last: Option<DateTime<Utc>>) -> Vec<i64> {
        (-2..=130).filter(|ago| announced(NOW - Duration::minutes(*ago), last, NOW)).collect()
    }

    #[test]
    fn overdue_work_is_announced_at_growing_intervals() {
        let minute_ago = Some(NOW - Duration::minutes(1));
        assert_eq!(announced_minutes(minute_ago), [-2, -1, 0, 1, 2, 4, 8, 16, 32, 60, 64, 120, 128]);
    }

    #[test]
    fn a_tick_makes_up_for_those_that_were_missed() {
        let minutes = announced_minutes(Some(NOW - Duration::minutes(4)));
        let expected = [-2..=11, 16..=19, 32..=35, 60..=67, 120..=123, 128..=130];
        assert_eq!(minutes, expected.into_iter().flatten().collect::<Vec<_>>());
        let after_an_hour = announced_minutes(Some(NOW - Duration::hours(1)));
        assert_eq!(after_an_hour, (-2..=130).collect::<Vec<_>>(), "all of it");
    }

    #[test]
    fn the_first_tick_of_a_process_announces_everything() {
        assert_eq!(announced_minutes(None), (-2..=130).collect::<Vec<_>>());
    }
}
