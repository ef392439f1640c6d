//! Every minute: announces posts and targets that are due soon to their queues, and repeats the announcement of overdue ones.
//!
//! Idempotent: an announcement is a hint, and the claim decides. The query for due work also finds overdue work, so an
//! outage loses nothing. How far each shard was announced is stored only in order to announce less.

mod announced;
pub mod metric;
mod shard;

use chrono::Duration;
use futures_util::{FutureExt, StreamExt, stream};
use shared::{
    clock::Clock,
    deps, queue,
    queue::Queue,
    store::{self, Store, keys::DUE_SHARDS},
};

/// How many shards are read at once. Each sends several batches at once.
const SIDE_BY_SIDE: usize = 8;

deps! {
    pub struct Deps {
        pub store: Store,
        pub queue: Queue,
        pub clock: Clock,
        /// This function's name in Lambda.
        pub function_name: String,
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

/// What a tick found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    pub announced: usize,
    /// How long the oldest post has been overdue, or zero.
    pub oldest_overdue: Duration,
    /// Entries of the index that cannot be read, and messages that the queue refused. Each is logged.
    pub not_announced: usize,
}

impl Report {
    const NOTHING: Self = Self { announced: 0, oldest_overdue: Duration::zero(), not_announced: 0 };

    fn and(self, other: Self) -> Self {
        Self {
            announced: self.announced + other.announced,
            oldest_overdue: self.oldest_overdue.max(other.oldest_overdue),
            not_announced: self.not_announced + other.not_announced,
        }
    }
}

/// Runs a tick and prints its metrics to standard output, where CloudWatch reads them.
///
/// # Errors
/// The store or the queue failed. Then there is no metric, which also raises the alarm.
pub async fn tick(deps: &Deps) -> Result<(), Error> {
    let report = handle(deps).await?;
    println!("{}", metric::line(&deps.function_name, &report, deps.clock.now()));
    Ok(())
}

/// Runs a tick.
///
/// # Errors
/// The store or the queue failed for a shard. The other shards are announced.
pub async fn handle(deps: &Deps) -> Result<Report, Error> {
    let now = deps.clock.now();
    let shards = (0..DUE_SHARDS).map(|shard| shard::announce(deps, shard, now).boxed());
    let shards: Vec<_> = stream::iter(shards).buffer_unordered(SIDE_BY_SIDE).collect().await;
    shards.into_iter().try_fold(Report::NOTHING, |report, shard| Ok(report.and(shard?)))
}
