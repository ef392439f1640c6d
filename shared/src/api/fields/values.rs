//! Parsers for field values. Each error is a message that says what the value must be.

use std::{fmt, ops::RangeInclusive};

use chrono::{DateTime, Datelike, Utc};
use serde::de::{self, DeserializeOwned, IntoDeserializer};
use serde_json::Value;

use crate::clock::truncate;

/// A string.
///
/// # Errors
/// The value is not a string. The error is the message for the caller.
pub fn text(value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err("must be a string".into()),
    }
}

/// A variant of an enum, by its JSON name.
///
/// # Errors
/// The value is not a variant's name. The message lists all names.
pub fn one_of<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    let name = value.as_str().unwrap_or_default();
    T::deserialize(name.into_deserializer()).map_err(|names: Names| names.to_string())
}

/// The JSON names of an enum, collected from serde's error so that they are not listed twice.
#[derive(Debug, thiserror::Error)]
#[error("must be one of {}", .0.join(", "))]
struct Names(&'static [&'static str]);

impl de::Error for Names {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(&[])
    }

    fn unknown_variant(_: &str, names: &'static [&'static str]) -> Self {
        Self(names)
    }
}

/// A whole number within a range. `48.0` is the whole number 48, as in JSON Schema (2020-12 §6.1.1) and RFC 8785.
///
/// # Errors
/// The value is not such a number. The error is the message for the caller.
pub fn whole(range: RangeInclusive<u64>) -> impl FnOnce(Value) -> Result<u64, String> {
    move |value| {
        let spelled = value.as_number().map(ToString::to_string).unwrap_or_default();
        let number = spelled.strip_suffix(".0").unwrap_or(&spelled).parse().ok();
        number
            .filter(|number| range.contains(number))
            .ok_or_else(|| format!("must be a whole number from {} to {}", range.start(), range.end()))
    }
}

/// An RFC 3339 time with its offset, in whole milliseconds.
///
/// # Errors
/// The value is not such a time. The error is the message for the caller.
pub fn time(value: Value) -> Result<DateTime<Utc>, String> {
    let text = text(value)?;
    // The parser accepts a space instead of the T, which the schema's format does not.
    let time = DateTime::parse_from_rfc3339(&text).ok().filter(|_| !text.contains(' '));
    let time = time.ok_or("must be an RFC 3339 time with an offset, as in 2026-07-08T15:00:00Z")?;
    let time = truncate(time.to_utc());
    // The offset can move the year outside of RFC 3339's range, and then no response could contain the time.
    match time.year() {
        0..=9999 => Ok(time),
        _ => Err("must be in the years 0000 to 9999 in UTC".into()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::ClientType;

    #[test]
    fn an_unknown_name_is_answered_with_the_known_names() {
        assert_eq!(one_of(json!("person")), Ok(ClientType::Person));
        for none in [json!("Brand"), json!(""), json!(1), json!(null)] {
            assert_eq!(one_of::<ClientType>(none).unwrap_err(), "must be one of brand, person, organization");
        }
    }

    #[test]
    fn a_time_is_one_that_a_response_can_contain() {
        let year = |text: &str| time(json!(text)).map(|time| time.year());
        assert_eq!(year("0000-01-01T00:00:00Z"), Ok(0));
        assert_eq!(year("9999-12-31T23:59:59.999Z"), Ok(9999));
        for beyond in ["0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z"] {
            assert!(year(beyond).is_err(), "{beyond}");
        }
    }
}
