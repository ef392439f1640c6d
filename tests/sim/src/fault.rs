//! What can go wrong with a call.

use std::{fmt, str::FromStr, time::Duration};

use chrono::TimeDelta;

use crate::{
    call::{Call, Medium},
    deployment::LEASE,
};

/// How long a fault that outlasts the SDK's retries lasts.
pub(crate) const OUTAGE: Duration = Duration::from_secs(10);
/// How long a slow answer takes: less than a lease, and than a function may run.
pub(crate) const SLOW: Duration = Duration::from_secs(10);
/// How long a queue stands still.
pub(crate) const BLOCKED: TimeDelta = TimeDelta::minutes(5);
/// Longer than a lease, and shorter than the publisher may run.
pub(crate) const PAST_THE_LEASE: Duration = Duration::from_secs(LEASE.as_secs() + 8);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// It never leaves; the caller knows.
    NotSent,
    /// Neither this call nor the actor's next calls leave, for [`OUTAGE`].
    Unreachable,
    /// It is applied, and its answer is lost.
    AnswerLost,
    /// Like `AnswerLost`, and then like `Unreachable`: no retry of the SDK learns what happened.
    AnswerLostForGood,
    /// It is lost on its way, and the caller cannot know.
    Vanished,
    /// The platform answers 503 and does nothing.
    ServerError,
    /// Its answer is lost at once, and it is applied 5 s later.
    Late5,
    /// Its answer is lost at once, and it is applied 40 s later.
    Late40,
    /// Its answer is lost at once, and it is applied 30 minutes later. No platform is assumed to be so late.
    Late30m,
    /// It is applied, and answered 10 s later.
    Slow,
    /// It is applied, and answered after the lease.
    AnswerDelayed,
    /// It is applied and answered after the lease.
    Delayed,
    /// It is neither applied nor answered.
    Stalled,
    /// It is refused for its rate; the SDK retries.
    Throttled,
    /// It and the actor's next calls are refused for their rate, for [`OUTAGE`].
    ThrottledForGood,
    /// It conflicts with a transaction.
    Conflict,
    /// It and the actor's next writes conflict with transactions, for [`OUTAGE`].
    ConflictForGood,
    /// A read of several items leaves half of them for the caller to ask for again.
    Unprocessed,
    /// Of a read of several items, half is read 2 s later.
    Torn,
    /// The first page of a query has two items, and the next is read 2 s later.
    Paged,
    /// The index answers what it answered before.
    StaleIndex,
    /// The function ends before the call.
    KilledBefore,
    /// The function ends after the call is applied.
    KilledAfter,
    /// The function ends, and the call is applied 40 s later.
    KilledThenLate,
    /// The message is lost.
    Dropped,
    /// The message is delivered twice.
    Duplicated,
    /// The message is delivered 30 s late, after others.
    Reordered,
    /// Its queue delivers nothing for [`BLOCKED`].
    Blocked,
    /// The clocks of the functions differ from the true time by up to 5 s. It happens to a run, not to a call.
    Skewed,
    /// A post has a `publishBefore`. It happens to a run, not to a call.
    Expires,
    /// A post has files that are uploaded. It happens to a run, not to a call.
    Uploads,
}

impl Fault {
    pub const ALL: [Self; 30] = [
        Self::NotSent,
        Self::Unreachable,
        Self::AnswerLost,
        Self::AnswerLostForGood,
        Self::Vanished,
        Self::ServerError,
        Self::Late5,
        Self::Late40,
        Self::Slow,
        Self::AnswerDelayed,
        Self::Delayed,
        Self::Stalled,
        Self::Throttled,
        Self::ThrottledForGood,
        Self::Conflict,
        Self::ConflictForGood,
        Self::Unprocessed,
        Self::Torn,
        Self::Paged,
        Self::StaleIndex,
        Self::KilledBefore,
        Self::KilledAfter,
        Self::KilledThenLate,
        Self::Dropped,
        Self::Duplicated,
        Self::Reordered,
        Self::Blocked,
        Self::Skewed,
        Self::Expires,
        Self::Uploads,
    ];

    /// Those that are beyond what is assumed of the platforms. Then it may be answered that a post is not there before it lands,
    /// but not for good.
    pub const BEYOND: [Self; 1] = [Self::Late30m];

    /// Whether it can happen to this call.
    pub(crate) fn applies(self, call: &Call) -> bool {
        let (database, platform) = (call.medium == Medium::Database, call.medium == Medium::Platform);
        match self {
            Self::NotSent | Self::AnswerLost | Self::Stalled | Self::KilledBefore => database || platform,
            Self::Slow | Self::AnswerDelayed => database || platform,
            Self::KilledAfter => (database || platform) && call.writes,
            Self::Unreachable | Self::Throttled | Self::ThrottledForGood => database,
            Self::AnswerLostForGood | Self::Conflict | Self::ConflictForGood | Self::Delayed => database && call.writes,
            Self::Vanished | Self::ServerError => platform,
            Self::Late5 | Self::Late40 => (database || platform) && call.writes,
            Self::KilledThenLate | Self::Late30m => platform && call.writes,
            Self::Unprocessed | Self::Torn => database && call.what == "BatchGetItem",
            Self::Paged => database && call.what == "Query main",
            Self::StaleIndex => database && call.index,
            Self::Dropped | Self::Duplicated | Self::Reordered | Self::Blocked => call.medium == Medium::Queue,
            Self::Skewed | Self::Expires | Self::Uploads => false,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().chain(Self::BEYOND).find(|fault| fault.to_string() == text);
        found.ok_or_else(|| format!("{text} is no fault; there are {:?}", Self::ALL))
    }
}
