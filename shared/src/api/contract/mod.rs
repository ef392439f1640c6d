//! Describes the requests and responses of an endpoint by their types. Each function describes its operations,
//! `openapi.json` is generated from all of them, and the tests check every response against it.

mod operation;
mod parameter;

pub use operation::{Access, Answer, Body, Content, Header, Operation};
pub use parameter::{CorrelationId, Parameter, Place};

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Generates the schema of a type.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The schema of `T`, or a reference to it.
pub fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// A field whose `null` removes the stored value. Any other optional field does not accept `null`.
pub fn nullable<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let schema = generator.subschema_for::<T>();
    schemars::json_schema!({ "oneOf": [schema, { "type": "null" }] })
}
