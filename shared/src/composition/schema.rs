//! The schemas of what `request` parses. A contract test checks that both accept the same bodies.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::Targets;
use crate::{id::AccountId, post::MAX_TARGETS};

impl JsonSchema for Targets {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Targets".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The accounts to publish on.",
            "oneOf": [
                {
                    "type": "object",
                    "title": "SelectedAccounts",
                    "description": "These accounts.",
                    "properties": {
                        "mode": { "type": "string", "const": "selection" },
                        "accountIds": {
                            "type": "array",
                            "items": generator.subschema_for::<AccountId>(),
                            "minItems": 1,
                            "maxItems": MAX_TARGETS,
                            "uniqueItems": true,
                        },
                    },
                    "required": ["mode", "accountIds"],
                },
                {
                    "type": "object",
                    "title": "AllAccounts",
                    "description": "All accounts that the client has connected when the post is created.",
                    "properties": { "mode": { "type": "string", "const": "all" } },
                    "required": ["mode"],
                },
            ],
        })
    }
}

/// Pattern of a name in the IANA time zone database. An enum of all 597 names is too large for some client generators.
const ZONE_NAME: &str = "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$";

/// A name of the IANA time zone database.
struct TimeZone;

impl JsonSchema for TimeZone {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TimeZone".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A name in the IANA time zone database. Other names are refused.",
            "pattern": ZONE_NAME,
            "examples": ["Europe/Berlin"],
        })
    }
}

/// A local time without an offset, to the minute or finer.
const LOCAL_TIME: &str =
    r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?$";

/// A schedule in a request: it can also be given as a local time with a time zone.
pub(super) struct AskedSchedule;

impl JsonSchema for AskedSchedule {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AskedSchedule".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "When the post is published.",
            "oneOf": [
                {
                    "type": "object",
                    "title": "PublishNow",
                    "description": "As soon as it is created.",
                    "properties": { "type": { "type": "string", "const": "now" } },
                    "required": ["type"],
                },
                {
                    "type": "object",
                    "title": "PublishAt",
                    "description": "At this time, within a year.",
                    "properties": {
                        "type": { "type": "string", "const": "at" },
                        "scheduledAt": { "type": "string", "format": "date-time", "examples": ["2026-07-08T15:00:00Z"] },
                    },
                    "required": ["type", "scheduledAt"],
                },
                {
                    "type": "object",
                    "title": "PublishAtWallClock",
                    "description": "At this local time in a time zone, within a year.",
                    "properties": {
                        "type": { "type": "string", "const": "at" },
                        "scheduledAt": {
                            "type": "string",
                            "description": "Without an offset.",
                            "pattern": LOCAL_TIME,
                            "examples": ["2026-07-08T15:00:00"],
                        },
                        "timezone": generator.subschema_for::<TimeZone>(),
                    },
                    "required": ["type", "scheduledAt", "timezone"],
                },
                {
                    "type": "object",
                    "title": "Draft",
                    "description": "Not yet: the post is a draft until an edit schedules it.",
                    "properties": { "type": { "type": "string", "const": "draft" } },
                    "required": ["type"],
                },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::TZ_VARIANTS;

    #[test]
    fn every_zone_matches_the_schema() {
        for name in TZ_VARIANTS.iter().map(|zone| zone.name()) {
            let part =
                |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c));
            assert!(name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.split('/').all(part), "{name}");
        }
    }
}
