//! Every minute: announces posts to the queue that are due soon, and repeats the announcement of overdue posts.
//!
//! Idempotent: an announcement is a hint, and the claim decides. The query for due posts also finds overdue ones, so an
//! outage loses nothing. A process remembers its last tick only in order to announce less.

pub mod metric;

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};
use shared::{
    clock::Clock,
    deployment::{self, Parts},
    queue::{self, Message, Queue},
    store::{self, Due, Store, keys::DUE_SHARDS},
};

/// How far ahead a tick announces. A tick may come at any time within its minute, and the next one may be late.
const AHEAD: Duration = Duration::seconds(150);

pub struct Deps {
    pub store: Store,
    pub queue: Queue,
    pub clock: Clock,
    pub last: LastTick,
    /// This function's name in Lambda.
    pub function: String,
}

/// The time of this process's last complete tick.
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

/// A tick that failed. The next one finds the same posts.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Queue(#[from] queue::Error),
}

/// Runs a tick and prints its metric to standard output, where CloudWatch reads it.
///
/// # Errors
/// The store or the queue failed. Then there is no metric, which also raises the alarm.
pub async fn tick(deps: &Deps) -> Result<(), Error> {
    let overdue = handle(deps).await?;
    println!("{}", metric::oldest_overdue(&deps.function, overdue, deps.clock.now()));
    Ok(())
}

/// Runs a tick. Returns how long the oldest post has been overdue, or zero.
///
/// # Errors
/// The store or the queue failed.
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

/// Whether this tick announces a post that is due at `at`. Overdue posts are announced at growing intervals (in the first
/// minute, after 1, 2, 4, 8 … minutes, and every hour), so that a backlog does not refill the queue each minute. Announcements
/// that were missed since `last` are made up for, and the first tick of a process announces everything.
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
    fn overdue_posts_are_announced_at_growing_intervals() {
        let minute_ago = Some(NOW - Duration::minutes(1));
        assert_eq!(announced_minutes(minute_ago), [-2, -1, 0, 1, 2, 4, 8, 16, 32, 60, 64, 120, 128]);
    }

    #[test]
    fn a_tick_makes_up_for_missed_ticks() {
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
