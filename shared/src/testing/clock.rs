//! A clock that only moves when it is told to. Sleeping on it advances it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;

use crate::clock::{Clock, Time};

#[derive(Clone)]
pub struct SetClock(Arc<Mutex<DateTime<Utc>>>);

impl Default for SetClock {
    /// Noon on a summer day.
    fn default() -> Self {
        Self::at("2026-07-01T12:00:00Z".parse().expect("a constant time"))
    }
}

impl SetClock {
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock::new(self.clone())
    }

    pub fn advance(&self, by: chrono::Duration) {
        *self.0.lock().expect("nothing panics while it holds this lock") += by;
    }

    pub fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().expect("nothing panics while it holds this lock") = now;
    }
}

impl Time for SetClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("nothing panics while it holds this lock")
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.advance(chrono::Duration::from_std(duration).expect("a test sleeps for a representable time"));
        Box::pin(tokio::task::yield_now())
    }
}
