//! Values of fields, each with the sentence that says what it would have to be.

use std::{fmt, ops::RangeInclusive};

use chrono::{DateTime, Datelike, Utc};
use serde::de::{self, DeserializeOwned, IntoDeserializer};
use serde_json::Value;

use crate::clock::truncate;

/// A text.
///
/// # Errors
/// The sentence.
pub fn text(value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err("must be a string".into()),
    }
}

/// One of the names that an enum has in JSON.
///
/// # Errors
/// The sentence, with all of them.
pub fn one_of<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    let name = value.as_str().unwrap_or_default();
    T::deserialize(name.into_deserializer()).map_err(|names: Names| names.to_string())
}

/// The names that an enum has: serde tells them to its error, so nobody lists them a second time.
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

/// A whole number within a range. `48.0` is the whole number 48, as JSON Schema has it (2020-12 §6.1.1) and as RFC 8785
/// writes it.
///
/// # Errors
/// The sentence.
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
/// The sentence.
pub fn time(value: Value) -> Result<DateTime<Utc>, String> {
    let text = text(value)?;
    // The parser takes a space for the T, which the format of schemas does not.
    let time = DateTime::parse_from_rfc3339(&text).ok().filter(|_| !text.contains(' '));
    let time = time.ok_or("must be an RFC 3339 time with an offset, as in 2026-07-08T15:00:00Z")?;
    let time = truncate(time.to_utc());
    // Its offset can lead out of the years that RFC 3339 has, and then no answer could say it.
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
    fn whoever_names_none_of_them_hears_their_names() {
        assert_eq!(one_of(json!("person")), Ok(ClientType::Person));
        for none in [json!("Brand"), json!(""), json!(1), json!(null)] {
            assert_eq!(one_of::<ClientType>(none).unwrap_err(), "must be one of brand, person, organization");
        }
    }

    #[test]
    fn a_time_is_one_that_can_be_answered() {
        let year = |text: &str| time(json!(text)).map(|time| time.year());
        assert_eq!(year("0000-01-01T00:00:00Z"), Ok(0));
        assert_eq!(year("9999-12-31T23:59:59.999Z"), Ok(9999));
        for beyond in ["0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z"] {
            assert!(year(beyond).is_err(), "{beyond}");
        }
    }
}
