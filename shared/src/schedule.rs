//! When a post is to go out.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// `{"type":"now"}`, `{"type":"at","scheduledAt":"<RFC 3339>"}`, or `{"type":"draft"}`: not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum Schedule {
    Draft,
    Now,
    At {
        #[serde(rename = "scheduledAt")]
        scheduled_at: DateTime<Utc>,
    },
}

/// How far ahead a post may be scheduled.
pub const HORIZON: Duration = Duration::days(365);

impl Schedule {
    /// When the post is due, for one that is created at `now`; none for a draft.
    ///
    /// # Errors
    /// The sentence that says why the time cannot be kept.
    pub fn due(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, &'static str> {
        match *self {
            Self::Draft => Ok(None),
            Self::Now => Ok(Some(now)),
            Self::At { scheduled_at } if scheduled_at < now => Err("must not be in the past; use {\"type\":\"now\"}"),
            Self::At { scheduled_at } if scheduled_at > now + HORIZON => Err("must be within a year"),
            Self::At { scheduled_at } => Ok(Some(scheduled_at)),
        }
    }

    /// When a post is due that has had this schedule for a while: what has come meanwhile is due now.
    #[must_use]
    pub fn still_due(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match *self {
            Self::Draft => None,
            Self::Now => Some(now),
            Self::At { scheduled_at } => Some(scheduled_at.max(now)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_due_from_now_to_a_year_ahead() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let at = |scheduled_at| Schedule::At { scheduled_at }.due(now);
        assert_eq!(Schedule::Draft.due(now), Ok(None));
        assert_eq!(Schedule::Now.due(now), Ok(Some(now)));
        assert_eq!(at(now), Ok(Some(now)));
        assert_eq!(at(now + HORIZON), Ok(Some(now + HORIZON)));
        assert!(at(now - Duration::milliseconds(1)).is_err());
        assert!(at(now + HORIZON + Duration::milliseconds(1)).is_err());
    }
}
