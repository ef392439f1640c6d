//! The document's schemas, and validation against them.

use jsonschema::Draft;
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use shared::api::contract::SchemaOf;

/// Two generators, because an optional field of a request can be omitted, while in a response it can be `null`.
pub(super) struct Schemas {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
            })
        };
        Self { requests: settings().into_generator(), answers: settings().for_serialize().into_generator() }
    }

    pub(super) fn request(&mut self, schema_of: SchemaOf) -> Value {
        let mut schema = schema_of(&mut self.requests).to_value();
        mend(&mut schema);
        close(&mut schema);
        schema
    }

    pub(super) fn answer(&mut self, schema_of: SchemaOf) -> Value {
        let mut schema = schema_of(&mut self.answers).to_value();
        mend(&mut schema);
        schema
    }

    /// The referenced schemas, by name.
    pub(super) fn components(&mut self) -> Map<String, Value> {
        let mut answers = self.answers.take_definitions(false);
        let mut requests = self.requests.take_definitions(false);
        answers.values_mut().for_each(mend);
        for schema in requests.values_mut() {
            mend(schema);
            close(schema);
        }
        // Schemas used in both directions are closed.
        for (name, schema) in requests {
            if let Some(answered) = answers.get_mut(&name) {
                close(answered);
                assert_eq!(
                    *answered, schema,
                    "{name} differs between requests and responses: give them different names"
                );
            }
            answers.insert(name, schema);
        }
        answers.sort_keys();
        answers
    }
}

/// Visits every schema within a schema, innermost first.
fn each(schema: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match schema {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                // These contain values, not schemas.
                if !["examples", "default", "const", "enum"].contains(&name.as_str()) {
                    each(value, change);
                }
            }
            change(fields);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, change)),
        _ => {}
    }
}

/// Normalizes the derived schemas.
fn mend(schema: &mut Value) {
    each(schema, &mut |schema| {
        collapse(schema);
        if schema.get("format").and_then(Value::as_str).is_some_and(|format| format.starts_with("uint")) {
            schema.remove("format");
        }
        let required = schema.get("required").cloned().unwrap_or_default();
        let is_required = |name: &str| required.as_array().is_some_and(|names| names.iter().any(|known| known == name));
        for (name, property) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            if !is_required(name)
                && let Value::Object(property) = property
            {
                never_null(property);
                // Client generators treat a field with a default as required.
                property.remove("default");
            }
        }
        // Line breaks within a doc comment's paragraph are not significant.
        if let Some(Value::String(text)) = schema.get_mut("description") {
            *text = text.replace('\n', " ");
        }
    });
}

/// Converts a `oneOf` of described constants to an `enum`, which client generators understand.
fn collapse(schema: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = schema.get("oneOf") else { return };
    let (mut texts, mut meanings) = (Vec::new(), Vec::new());
    for choice in choices {
        match (choice.get("const"), choice.get("enum").and_then(Value::as_array)) {
            (Some(text @ Value::String(name)), _) if choice.get("type").is_some_and(|of| of == "string") => {
                texts.push(text.clone());
                meanings.extend(choice["description"].as_str().map(|meaning| format!("`{name}`: {meaning}")));
            }
            (None, Some(several)) => texts.extend(several.clone()),
            _ => return,
        }
    }
    schema.remove("oneOf");
    let description = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = format!("{description} {}", meanings.join(" ")).trim().to_owned();
    schema.insert("description".into(), description.into());
    schema.insert("type".into(), "string".into());
    schema.insert("enum".into(), texts.into());
}

/// An optional field does not accept `null`, unless a `oneOf` says so.
fn never_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|of| of != "null");
        if let [one] = &types[..] {
            let one = one.clone();
            schema.insert("type".into(), one);
        }
    }
    if let Some(Value::Array(texts)) = schema.get_mut("enum") {
        texts.retain(|text| !text.is_null());
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| choice["type"] != "null");
        if let [Value::Object(one)] = &choices[..] {
            let one = one.clone();
            schema.remove("anyOf");
            schema.extend(one);
        }
    }
}

/// Forbids unknown fields, because parsers refuse them.
pub(super) fn close(schema: &mut Value) {
    each(schema, &mut |schema| {
        if schema.get("type").is_some_and(|of| of == "object") && !schema.contains_key("additionalProperties") {
            schema.insert("additionalProperties".into(), false.into());
        }
    });
}

/// Resolves a reference; returns any other schema unchanged.
pub(super) fn referred<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(at) => document.pointer(at.trim_start_matches('#')).unwrap_or_else(|| panic!("{at} does not exist")),
        None => value,
    }
}

/// A validator for one schema of the document.
pub(super) fn validator(document: &Value, schema: &Value) -> jsonschema::Validator {
    let root = json!({
        "$ref": "#/schema",
        "schema": schema,
        "components": { "schemas": document["components"]["schemas"] },
    });
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    options.build(&root).unwrap_or_else(|error| panic!("{error} in {schema}"))
}

/// The validation errors of a value.
pub(super) fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    validator(document, schema).iter_errors(value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}
