//! Rate limits per user and endpoint in windows of 15 minutes, and their headers.

use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    context::Context,
    error::Error,
    reply::Reply,
    store::{Key, Update, Updated, number},
};

/// In seconds.
const WINDOW: i64 = 15 * 60;

/// The posts of a user in 24 hours.
const DAILY_POSTS: i64 = 100;

pub(super) struct UserLimit {
    endpoint: &'static str,
    /// Requests per window.
    requests: i64,
}

/// X's published limits per user (docs.x.com, rate limits).
pub(crate) const CREATE_TWEET: UserLimit = UserLimit { endpoint: "POST /2/tweets", requests: 100 };
pub(crate) const INITIALIZE: UserLimit = UserLimit { endpoint: "POST /2/media/upload/initialize", requests: 1875 };
pub(crate) const APPEND: UserLimit = UserLimit { endpoint: "POST /2/media/upload/:id/append", requests: 1875 };
pub(crate) const FINALIZE: UserLimit = UserLimit { endpoint: "POST /2/media/upload/:id/finalize", requests: 1875 };
pub(crate) const STATUS: UserLimit = UserLimit { endpoint: "GET /2/media/upload", requests: 1000 };
pub(crate) const METADATA: UserLimit = UserLimit { endpoint: "POST /2/media/metadata", requests: 500 };
pub(crate) const ME: UserLimit = UserLimit { endpoint: "GET /2/users/me", requests: 75 };
pub(crate) const TIMELINE: UserLimit = UserLimit { endpoint: "GET /2/users/:id/tweets", requests: 900 };

/// The state of a window, as the headers report it.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    pub(crate) limit: i64,
    pub(crate) remaining: i64,
    /// Seconds since the epoch.
    pub(crate) reset: i64,
}

impl Window {
    /// The same window with nothing left until `reset`.
    pub(crate) fn exhausted(self, reset: i64) -> Self {
        Self { remaining: 0, reset, ..self }
    }

    /// Adds the headers to a reply.
    pub(crate) fn mark(&self, mut reply: Reply) -> Result<Reply, Error> {
        for (name, value) in [
            ("x-rate-limit-limit", self.limit),
            ("x-rate-limit-remaining", self.remaining),
            ("x-rate-limit-reset", self.reset),
        ] {
            reply.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
        Ok(reply)
    }
}

/// Adds the headers of a limit for 24 hours that is used up until `reset`, in seconds since the epoch.
pub(crate) fn exhausted_for_the_day(mut reply: Reply, reset: i64) -> Reply {
    for (name, value) in [
        ("x-user-limit-24hour-limit", DAILY_POSTS),
        ("x-user-limit-24hour-remaining", 0),
        ("x-user-limit-24hour-reset", reset),
    ] {
        reply.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
    reply
}

pub(super) struct Usage {
    pub(crate) window: Window,
    pub(crate) allowed: bool,
}

#[derive(Serialize, Deserialize)]
struct Counter {
    ends_at: i64,
    count: i64,
}

/// Counts one request of the account.
pub(crate) async fn count(
    context: &Context,
    account: &Account,
    limit: &UserLimit,
    exempt: bool,
) -> Result<Usage, Error> {
    let now = context.now().timestamp();
    let usage = |counter: &Counter, allowed| Usage {
        window: Window { limit: limit.requests, remaining: limit.requests - counter.count, reset: counter.ends_at },
        allowed,
    };
    if exempt {
        let untouched = Counter { ends_at: now + WINDOW, count: 0 };
        return Ok(usage(&untouched, true));
    }
    let key = || Key::new(format!("x#rate#{}", account.id), limit.endpoint);
    // A failed attempt means that a concurrent request succeeded, so a few attempts are enough.
    for _ in 0..10 {
        let counted = context
            .store
            .update::<Counter>(|| {
                Update::new(key(), "SET #count = #count + :one")
                    .only_if("#ends_at > :now AND #count < :limit")
                    .with(":one", number(1))
                    .with(":now", number(now))
                    .with(":limit", number(limit.requests))
            })
            .await?;
        match counted {
            Updated::Written(counter) => return Ok(usage(&counter, true)),
            Updated::ConditionFailed(Some(counter)) if counter.ends_at > now && counter.count >= limit.requests => {
                return Ok(usage(&counter, false));
            }
            Updated::ConditionFailed(_) => {}
        }
        // The first request starts the window. The condition admits one of concurrent requests.
        let started = context
            .store
            .update::<Counter>(|| {
                Update::new(key(), "SET #count = :one, #ends_at = :end")
                    .only_if("attribute_not_exists(pk) OR #ends_at <= :now")
                    .with(":one", number(1))
                    .with(":now", number(now))
                    .with(":end", number(now + WINDOW))
            })
            .await?;
        if let Updated::Written(counter) = started {
            return Ok(usage(&counter, true));
        }
    }
    Err(Error::Busy)
}
