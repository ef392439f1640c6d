//! Rate limits per user and endpoint, in windows of 15 minutes, and the headers that tell of them.

use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::account::Account;
use crate::{
    Sandbox,
    reply::Reply,
    store::{Changed, Error, Key, Update, number},
};

/// Seconds.
const WINDOW: i64 = 15 * 60;

pub(crate) struct Limit {
    endpoint: &'static str,
    /// Requests a window.
    requests: i64,
}

/// X's published limits per user (docs.x.com, rate limits).
pub(crate) const CREATE_TWEET: Limit = Limit { endpoint: "POST /2/tweets", requests: 100 };
pub(crate) const ME: Limit = Limit { endpoint: "GET /2/users/me", requests: 75 };
pub(crate) const TIMELINE: Limit = Limit { endpoint: "GET /2/users/:id/tweets", requests: 900 };

/// What the headers say.
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

pub(crate) struct Spent {
    pub(crate) window: Window,
    pub(crate) allowed: bool,
}

#[derive(Serialize, Deserialize)]
struct Counter {
    ends_at: i64,
    count: i64,
}

/// Counts one request.
pub(crate) async fn spend(sandbox: &Sandbox, account: &Account, limit: &Limit, exempt: bool) -> Result<Spent, Error> {
    let now = (sandbox.clock)().timestamp();
    let spent = |counter: &Counter, allowed| Spent {
        window: Window { limit: limit.requests, remaining: limit.requests - counter.count, reset: counter.ends_at },
        allowed,
    };
    if exempt {
        let untouched = Counter { ends_at: now + WINDOW, count: 0 };
        return Ok(spent(&untouched, true));
    }
    let key = || Key::new(format!("x#rate#{}", account.id), limit.endpoint);
    // Each turn loses only to another request that has got further, so a few are enough.
    for _ in 0..10 {
        let counted = sandbox
            .store
            .change::<Counter>(|| {
                Update::new(key(), "SET #count = #count + :one")
                    .only_if("#ends_at > :now AND #count < :limit")
                    .with(":one", number(1))
                    .with(":now", number(now))
                    .with(":limit", number(limit.requests))
            })
            .await?;
        match counted {
            Changed::Done(counter) => return Ok(spent(&counter, true)),
            Changed::Refused(Some(counter)) if counter.ends_at > now && counter.count >= limit.requests => {
                return Ok(spent(&counter, false));
            }
            Changed::Refused(_) => {}
        }
        // The first request of a window begins it; of two, only one does.
        let begun = sandbox
            .store
            .change::<Counter>(|| {
                Update::new(key(), "SET #count = :one, #ends_at = :end")
                    .only_if("attribute_not_exists(pk) OR #ends_at <= :now")
                    .with(":one", number(1))
                    .with(":now", number(now))
                    .with(":end", number(now + WINDOW))
            })
            .await?;
        if let Changed::Done(counter) = begun {
            return Ok(spent(&counter, true));
        }
    }
    Err(Error::Busy)
}
