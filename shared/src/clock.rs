//! The clock. Time is an argument everywhere else; only this module asks the system.

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;

/// A source of time and of waiting. Tests and simulators implement their own.
pub trait Time: Send + Sync {
    fn now(&self) -> DateTime<Utc>;
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// The clock of a function.
#[derive(Clone)]
pub struct Clock(Arc<dyn Time>);

impl Clock {
    #[must_use]
    pub fn new(time: impl Time + 'static) -> Self {
        Self(Arc::new(time))
    }

    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(System)
    }

    /// Now, in whole milliseconds: the precision of stored and returned times.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        truncate(self.0.now())
    }

    pub async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Truncates a time to whole milliseconds.
#[must_use]
#[expect(clippy::expect_used, reason = "a time's own milliseconds are a time")]
pub fn truncate(time: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(time.timestamp_millis()).expect("a time's own milliseconds are a time")
}

struct System;

impl Time for System {
    #[expect(clippy::disallowed_methods, reason = "the only place that asks the system")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}
