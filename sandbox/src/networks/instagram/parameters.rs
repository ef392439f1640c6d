//! The parameters of a Graph request: from the query and from a body that is a form or a JSON object.

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use super::graph_error::GraphError;
use crate::{
    content_type,
    fields::{Fields, RepeatedField},
    reply::{Stop, stop},
};

/// All parameters. Unknown and repeated ones are refused.
pub(crate) fn read(request: &Request<Bytes>, known: &[&str]) -> Result<Fields, Stop> {
    let parameters = match all(request) {
        Ok(parameters) => parameters,
        Err(sentence) => return stop(GraphError::of(100, None).with_message(&sentence).reply()),
    };
    match parameters.other_than(known) {
        Some((name, _)) => {
            stop(GraphError::of(100, None).with_message(&format!("There is no parameter {name} here.")).reply())
        }
        None => Ok(parameters),
    }
}

fn all(request: &Request<Bytes>) -> Result<Fields, String> {
    let repeated = |repeated: RepeatedField| format!("The parameter {} is repeated.", repeated.0);
    let mut fields = Fields::read(request.uri().query().unwrap_or_default().as_bytes()).map_err(repeated)?;
    if request.body().is_empty() {
        return Ok(fields);
    }
    if content_type::is(request, content_type::FORM) {
        fields.append(request.body()).map_err(repeated)?;
        return Ok(fields);
    }
    if !content_type::is(request, content_type::JSON) {
        return Err("The body must be a form or JSON.".to_owned());
    }
    let Ok(Value::Object(body)) = serde_json::from_slice(request.body()) else {
        return Err("The body is not a JSON object.".to_owned());
    };
    for (name, value) in body {
        let value = match value {
            Value::Null => continue,
            Value::String(value) => value,
            value => value.to_string(),
        };
        fields.add(name, value).map_err(repeated)?;
    }
    Ok(fields)
}

/// The entries of the parameter `fields`. Unknown ones are refused.
pub(crate) fn fields(parameters: &Fields, known: &[&str]) -> Result<Vec<String>, Stop> {
    let asked: Vec<String> = parameters.get("fields").unwrap_or("id").split(',').map(|f| f.trim().to_owned()).collect();
    match asked.iter().find(|field| !known.contains(&field.as_str())) {
        Some(field) => stop(
            GraphError::of(100, None).with_message(&format!("Tried accessing nonexisting field ({field})")).reply(),
        ),
        None => Ok(asked),
    }
}
