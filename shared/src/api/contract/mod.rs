//! What an endpoint takes and answers, told by its own types. Each function describes its operations; `openapi.json` is made
//! of all of them, and every answer in the tests is held to it.

mod operation;
mod parameter;

pub use operation::{Access, Answer, Body, Content, Header, Operation};
pub use parameter::{CorrelationId, Parameter, Place};

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// What makes a type's schema.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The schema of `T`, or a reference to it.
pub fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// A field whose `null` means something: it removes what stands. (Elsewhere, what may be left out is never `null`.)
pub fn nullable<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let schema = generator.subschema_for::<T>();
    schemars::json_schema!({ "oneOf": [schema, { "type": "null" }] })
}
