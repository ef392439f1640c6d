//! Parses a schedule: a moment, or a local time in a time zone.

use chrono::{DateTime, NaiveDateTime, Timelike};
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    api::{
        Fields,
        fields::{one_of, text, time},
    },
    clock::truncate,
    schedule::{Schedule, at_wall_clock},
};

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Now,
    At,
    Draft,
}

pub(super) fn schedule(fields: &mut Fields) -> Option<Schedule> {
    let kind = fields.required("type", one_of);
    match kind {
        Some(Kind::Draft) => return Some(Schedule::Draft),
        Some(Kind::Now) => return Some(Schedule::Now),
        Some(Kind::At) | None => {}
    }
    let zone = fields.optional("timezone", |value| Ok(value.as_str().and_then(|name| name.parse::<Tz>().ok())));
    if zone == Some(None) {
        fields.fault("timezone", "must be an IANA time zone, as in Europe/Berlin");
    }
    let moment = |value: Value| match zone {
        None if wall_clock(value.clone()).is_ok() => Err("has no offset: add one, or add a timezone".into()),
        None => time(value),
        // An unknown zone is already reported; parse the time as UTC to report its own faults.
        Some(zone) => at_wall_clock(wall_clock(value)?, zone.unwrap_or(Tz::UTC)).map(truncate),
    };
    let scheduled_at = match kind {
        Some(_) => fields.required("scheduledAt", moment)?,
        // Without a valid type it is unknown whether the time is required, so only its own faults are reported.
        None => fields.optional("scheduledAt", moment)?,
    };
    Some(Schedule::At { scheduled_at })
}

/// A local time without an offset: a real calendar time that matches the schema's pattern `LOCAL_TIME`.
fn wall_clock(value: Value) -> Result<NaiveDateTime, String> {
    const FINEST: &str = "0000-00-00T00:00:00.000000000";
    let text = text(value)?;
    if DateTime::parse_from_rfc3339(&text).is_ok() {
        return Err("has an offset: remove it, or remove timezone".into());
    }
    // chrono also accepts signs, longer years and spaces.
    let shape = text.replace(|c: char| c.is_ascii_digit(), "0");
    let format = match shape.len() {
        16 => "%Y-%m-%dT%H:%M",
        19 | 21..=29 => "%Y-%m-%dT%H:%M:%S%.f",
        _ => "",
    };
    let local = NaiveDateTime::parse_from_str(&text, format).ok().filter(|_| FINEST.starts_with(&shape));
    // chrono represents a leap second by more than a second's nanoseconds. Local times have no leap seconds.
    let local = local.filter(|local| local.nanosecond() < 1_000_000_000);
    local.ok_or_else(|| "must be a time without an offset, as in 2026-07-08T15:00:00, if timezone is given".into())
}
