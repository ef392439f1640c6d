//! One virtual clock: tokio's paused time, which jumps to the next timer when nothing can run. Actors read it with their skew.

use std::time::{Duration, SystemTime};

use aws_smithy_async::time::TimeSource;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use shared::clock::Time;
use tokio::time::Instant;

use crate::actor;

/// When fixtures are made. Noon on a summer day.
const EPOCH: DateTime<Utc> = DateTime::from_timestamp(1_782_907_200, 0).expect("a constant time");

/// How long the fixtures are made before a world begins. Tokens of some test accounts end within it.
pub(crate) const AGE_OF_FIXTURES: Duration = Duration::from_secs(50);

#[derive(Debug, Clone, Copy)]
pub(crate) struct VirtualTime {
    epoch: DateTime<Utc>,
    began: Instant,
}

impl VirtualTime {
    /// A clock that shows this time after [`EPOCH`] now.
    pub(crate) fn start(since_epoch: Duration) -> Self {
        Self { epoch: EPOCH + since_epoch, began: Instant::now() }
    }

    /// The true time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.epoch + Instant::now().duration_since(self.began)
    }

    /// The time since the start.
    pub(crate) fn passed(&self) -> TimeDelta {
        self.now() - self.epoch
    }

    pub(crate) async fn sleep_until(&self, at: DateTime<Utc>) {
        let since = (at - self.epoch).to_std().unwrap_or_default();
        tokio::time::sleep_until(self.began + since).await;
    }
}

impl Time for VirtualTime {
    fn now(&self) -> DateTime<Utc> {
        Self::now(self) + actor::skew()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

impl TimeSource for VirtualTime {
    fn now(&self) -> SystemTime {
        Self::now(self).into()
    }
}
