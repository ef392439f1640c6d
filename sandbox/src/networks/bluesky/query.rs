//! Parameters of a query method. <https://atproto.com/specs/xrpc#lexicon-http-endpoints>

use bytes::Bytes;
use http::Request;

use super::{account, xrpc_error::invalid};
use crate::{account::Account, fields::Fields, reply::Stop};

/// The parameters, which are all in `known`.
pub(super) fn read(request: &Request<Bytes>, known: &[&str]) -> Result<Fields, Stop> {
    let query = request.uri().query().unwrap_or_default();
    let fields = match Fields::read(query.as_bytes()) {
        Ok(fields) => fields,
        Err(repeated) => return invalid(&format!("The parameter {} is repeated", repeated.0)),
    };
    match fields.other_than(known) {
        Some((name, _)) => invalid(&format!("The parameter {name} is not simulated")),
        None => Ok(fields),
    }
}

pub(super) fn required<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, Stop> {
    match fields.get(name) {
        Some(value) => Ok(value),
        None => invalid(&format!("Params must have the property \"{name}\"")),
    }
}

/// The account of the parameter `repo`, a DID or a handle.
pub(super) fn repo(fields: &Fields) -> Result<&'static Account, Stop> {
    let repo = required(fields, "repo")?;
    match account::named(repo) {
        Some(account) => Ok(account),
        None => invalid(&format!("Could not find repo: {repo}")),
    }
}
