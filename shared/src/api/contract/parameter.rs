//! Path, query and header parameters.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{SchemaOf, schema_of};
use crate::api::{
    idempotency::MAX as MAX_KEY,
    page::{Cursor, DEFAULT, Limit},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Path,
    Query,
    Header,
}

pub struct Parameter {
    pub place: Place,
    pub name: &'static str,
    pub description: String,
    pub required: bool,
    pub schema: SchemaOf,
}

impl Parameter {
    #[must_use]
    pub fn path<T: JsonSchema>(name: &'static str, description: &str) -> Self {
        let schema = schema_of::<T>;
        Self { place: Place::Path, name, description: description.into(), required: true, schema }
    }

    /// An optional parameter.
    #[must_use]
    pub fn query<T: JsonSchema>(name: &'static str, description: &str) -> Self {
        let schema = schema_of::<T>;
        Self { place: Place::Query, name, description: description.into(), required: false, schema }
    }

    pub(super) fn idempotency_key() -> Self {
        const DESCRIPTION: &str = "A new random value for each new request, the same value when you repeat a request. Bare or \
                                   as one quoted string: both are the same key.";
        let schema = schema_of::<IdempotencyKey>;
        Self { place: Place::Header, name: "Idempotency-Key", description: DESCRIPTION.into(), required: true, schema }
    }

    pub(super) fn correlation_id() -> Self {
        // An invalid value is replaced, never refused.
        const DESCRIPTION: &str = "1 to 64 of `A-Za-z0-9._-`. Returned as a header, in `meta` and in problems, and written to \
                                   every log line. A missing or invalid value is replaced by a generated one.";
        let schema = schema_of::<String>;
        Self {
            place: Place::Header,
            name: "X-Correlation-Id",
            description: DESCRIPTION.into(),
            required: false,
            schema,
        }
    }

    pub(super) fn limit() -> Self {
        Self::query::<Limit>("limit", &format!("The maximum number of items on the page; {DEFAULT} by default."))
    }

    pub(super) fn cursor() -> Self {
        Self::query::<Cursor>("cursor", "`nextCursor` of the previous page of the same list, unchanged.")
    }
}

/// 1–255 visible ASCII characters.
struct IdempotencyKey;

impl JsonSchema for IdempotencyKey {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "IdempotencyKey".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // A leading quote makes it an RFC 8941 string, which this pattern does not describe.
        json_schema!({
            "type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": "^[!#-~][!-~]*$",
            "examples": ["5c1f0b1e-6d0e-4b77-9f0c-2f4a6c9d1e58"],
        })
    }
}

/// A correlation id in a response.
pub struct CorrelationId;

impl JsonSchema for CorrelationId {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CorrelationId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9._-]+$" })
    }
}
