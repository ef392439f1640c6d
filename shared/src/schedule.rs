//! When a post is published.

use chrono::{DateTime, Duration, MappedLocalTime, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The moment at which clocks in `zone` show `local`.
///
/// # Errors
/// If the time does not exist or exists twice in `zone`; the text offers both readings.
pub fn at_wall_clock(local: NaiveDateTime, zone: Tz) -> Result<DateTime<Utc>, String> {
    let choose = |what: &str, readings: [Option<String>; 2]| {
        let readings = readings.into_iter().flatten().collect::<Vec<_>>().join(" or ");
        Err(format!("is a time that {what} in {zone}, where the clocks are changed: send {readings}, without timezone"))
    };
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(at) => Ok(at.to_utc()),
        MappedLocalTime::Ambiguous(first, second) => {
            choose("exists twice", [first, second].map(|at| Some(at.to_rfc3339())))
        }
        MappedLocalTime::None => {
            // Both readings: by the offset before the gap and by the one after it. No gap is longer than a day.
            let by = |day: Duration| {
                let offset = zone.from_local_datetime(&local.checked_add_signed(day)?).earliest()?.offset().fix();
                Some(offset.from_local_datetime(&local).single()?.to_rfc3339())
            };
            choose("does not exist", [Duration::hours(-25), Duration::hours(25)].map(by))
        }
    }
}

/// `{"type":"now"}`, `{"type":"at","scheduledAt":"<RFC 3339>"}`, or `{"type":"draft"}`: not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "When a post is published.")]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum Schedule {
    #[schemars(title = "DraftSchedule")]
    Draft,
    #[schemars(title = "NowSchedule")]
    Now,
    #[schemars(title = "AtSchedule")]
    At {
        #[serde(rename = "scheduledAt")]
        scheduled_at: DateTime<Utc>,
    },
}

impl Schedule {
    /// The set time, if there is one.
    #[must_use]
    pub const fn scheduled_at(self) -> Option<DateTime<Utc>> {
        match self {
            Self::At { scheduled_at } => Some(scheduled_at),
            Self::Draft | Self::Now => None,
        }
    }
}

/// How far in the future a post may be scheduled.
pub const HORIZON: Duration = Duration::days(365);

impl Schedule {
    /// When a post created at `now` is due; `None` for a draft.
    ///
    /// # Errors
    /// If the time is in the past or beyond the horizon; the text is for the caller.
    pub fn due(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, &'static str> {
        match *self {
            Self::Draft => Ok(None),
            Self::Now => Ok(Some(now)),
            Self::At { scheduled_at } if scheduled_at < now => Err("must not be in the past; use {\"type\":\"now\"}"),
            Self::At { scheduled_at } if scheduled_at > now + HORIZON => Err("must be within a year"),
            Self::At { scheduled_at } => Ok(Some(scheduled_at)),
        }
    }

    /// When a post with an already accepted schedule is due: a time that has passed since is due now.
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

    fn berlin(local: &str) -> Result<DateTime<Utc>, String> {
        at_wall_clock(local.parse().unwrap(), Tz::Europe__Berlin)
    }

    #[test]
    fn a_wall_clock_time_is_converted_by_its_zone() {
        let utc = |text: &str| Ok(text.parse().unwrap());
        assert_eq!(berlin("2026-07-08T15:00:00"), utc("2026-07-08T13:00:00Z"));
        assert_eq!(berlin("2026-12-08T15:00:00"), utc("2026-12-08T14:00:00Z"));
    }

    #[test]
    fn both_readings_of_a_time_that_exists_twice_or_never_are_offered() {
        let twice = berlin("2026-10-25T02:30:00").unwrap_err();
        for reading in ["exists twice", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"] {
            assert!(twice.contains(reading), "{twice}");
        }
        let never = berlin("2026-03-29T02:30:00").unwrap_err();
        for reading in ["does not exist", "2026-03-29T02:30:00+01:00", "2026-03-29T02:30:00+02:00"] {
            assert!(never.contains(reading), "{never}");
        }
        // Samoa skipped a whole day.
        let day = at_wall_clock("2011-12-30T12:00:00".parse().unwrap(), Tz::Pacific__Apia).unwrap_err();
        assert!(day.contains("2011-12-30T12:00:00-10:00") && day.contains("2011-12-30T12:00:00+14:00"), "{day}");
        assert!(berlin("2026-10-25T03:00:00").is_ok() && berlin("2026-03-29T03:00:00").is_ok());
    }

    #[test]
    fn the_ends_of_the_calendar_are_refused_without_a_panic() {
        assert!(at_wall_clock(NaiveDateTime::MAX, Tz::America__New_York).is_err());
        assert!(at_wall_clock(NaiveDateTime::MIN, Tz::Asia__Tokyo).is_err());
    }

    #[test]
    fn a_time_from_now_to_a_year_ahead_is_accepted() {
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
