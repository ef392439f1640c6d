//! One invocation of a function: its clock's skew, its time limit, and the means to kill it in the middle of a call.

use std::{
    future::Future,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

tokio::task_local! {
    static ACTOR: Arc<Actor>;
}

#[derive(Debug)]
pub(crate) struct Actor {
    /// The function.
    pub(crate) role: String,
    pub(crate) number: usize,
    skew: TimeDelta,
    limit: Duration,
    killed: Notify,
    /// When its last write took effect.
    saved_at: Mutex<Option<DateTime<Utc>>>,
}

/// How an invocation ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended<T> {
    Returned(T),
    Killed,
    /// The platform of the functions stopped it at its time limit.
    Stopped,
}

impl Actor {
    pub(crate) fn new(role: &str, number: usize, skew: TimeDelta, limit: Duration) -> Arc<Self> {
        Arc::new(Self { role: role.to_owned(), number, skew, limit, killed: Notify::new(), saved_at: Mutex::default() })
    }

    /// Runs an invocation. A killed one is dropped where it waits.
    pub(crate) async fn run<T>(self: Arc<Self>, work: impl Future<Output = T>) -> Ended<T> {
        let actor = Arc::clone(&self);
        let work = ACTOR.scope(self, work);
        tokio::select! {
            biased;
            () = actor.killed.notified() => Ended::Killed,
            outcome = tokio::time::timeout(actor.limit, work) => outcome.map_or(Ended::Stopped, Ended::Returned),
        }
    }
}

/// Notes that a write of this task's actor took effect.
pub(crate) fn saved(now: DateTime<Utc>) {
    if let Some(actor) = current() {
        *actor.saved_at.lock().expect("nothing panics while it holds this lock") = Some(now);
    }
}

/// When the last write of this task's actor took effect.
pub(crate) fn saved_at() -> Option<DateTime<Utc>> {
    *current()?.saved_at.lock().expect("nothing panics while it holds this lock")
}

/// The actor of this task, if there is one.
pub(crate) fn current() -> Option<Arc<Actor>> {
    ACTOR.try_with(Arc::clone).ok()
}

/// The skew of this task's clock.
pub(crate) fn skew() -> TimeDelta {
    ACTOR.try_with(|actor| actor.skew).unwrap_or_default()
}

/// Kills the actor of this task; never returns.
pub(crate) async fn kill<T>() -> T {
    if let Some(actor) = current() {
        actor.killed.notify_one();
    }
    std::future::pending().await
}
