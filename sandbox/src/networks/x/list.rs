//! Lists in query parameters.

use super::problem;
use crate::{fields::Fields, reply::Reply};

/// A comma-separated list. An entry that is not in `known` is an error.
pub(crate) fn read(fields: &Fields, name: &str, known: &[&str]) -> Result<Vec<String>, Box<Reply>> {
    let Some(list) = fields.get(name) else {
        return Ok(Vec::new());
    };
    match list.split(',').find(|entry| !known.contains(entry)) {
        Some(unknown) => {
            let message = format!("The `{name}` query parameter value [{unknown}] is not one of [{}]", known.join(","));
            Err(Box::new(problem::invalid_parameter(name, list, &message)))
        }
        None => Ok(list.split(',').map(str::to_owned).collect()),
    }
}
