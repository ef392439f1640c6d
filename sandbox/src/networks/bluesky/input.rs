//! The JSON object in the body of a procedure.

use bytes::Bytes;
use http::Request;
use serde_json::{Map, Value};

use super::xrpc_error::invalid;
use crate::{content_type, host::TEXT_BODY, reply::Stop};

pub(super) struct Input(Map<String, Value>);

impl Input {
    /// Reads an object with these properties.
    pub(super) fn read(request: &Request<Bytes>, known: &[&str]) -> Result<Self, Stop> {
        if !content_type::is(request, content_type::JSON) {
            return invalid("Wrong request encoding (Content-Type): application/json is expected");
        }
        if request.body().len() > TEXT_BODY {
            return invalid("Input is too large");
        }
        let Ok(Value::Object(object)) = serde_json::from_slice(request.body()) else {
            return invalid("Input must be an object");
        };
        match object.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => invalid(&format!("Input/{name} is not simulated")),
            None => Ok(Self(object)),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A required string.
    pub(super) fn text(&self, name: &str) -> Result<&str, Stop> {
        match self.0.get(name) {
            None => invalid(&format!("Input must have the property \"{name}\"")),
            Some(Value::String(text)) => Ok(text),
            Some(_) => invalid(&format!("Input/{name} must be a string")),
        }
    }
}
