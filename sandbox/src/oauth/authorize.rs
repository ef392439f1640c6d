//! What every authorization request has: the app, where to go back, and the state that goes with it.

use super::app;
use crate::{App, Sandbox, fields::Fields};

/// The common part of a request, checked.
pub(crate) struct Asking<'a> {
    pub(crate) app: &'a App,
    pub(crate) redirect_uri: &'a str,
    pub(crate) state: &'a str,
}

/// Checks the common part; `client` is the platform's name for the app's id. The error is a sentence
/// for the app's developer: a page shows it and nothing is redirected, because a wrong request cannot
/// be trusted to name where to go.
pub(crate) fn check<'a>(sandbox: &'a Sandbox, fields: &'a Fields, client: &str) -> Result<Asking<'a>, String> {
    if required(fields, "response_type")? != "code" {
        return Err("The parameter response_type must be code.".to_owned());
    }
    let app = app(sandbox, required(fields, client)?)
        .ok_or_else(|| format!("The parameter {client} names no registered app."))?;
    let redirect_uri = required(fields, "redirect_uri")?;
    if !app.redirect_uris.iter().any(|uri| uri == redirect_uri) {
        return Err(
            "The parameter redirect_uri is not, character by character, one that the app has registered.".to_owned()
        );
    }
    Ok(Asking { app, redirect_uri, state: required(fields, "state")? })
}

pub(crate) fn required<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, String> {
    fields.get(name).ok_or_else(|| format!("The parameter {name} is missing."))
}

/// The entries of a list, of which each must be one of these.
pub(crate) fn scopes<'a>(
    fields: &'a Fields,
    separator: char,
    known: &[&str],
    platform: &str,
) -> Result<Vec<&'a str>, String> {
    let scopes: Vec<&str> = required(fields, "scope")?.split(separator).collect();
    match scopes.iter().find(|scope| !known.contains(scope)) {
        Some(unknown) => {
            let by = if separator == ' ' { "space" } else { "comma" };
            Err(format!(
                "The parameter scope has \u{201c}{unknown}\u{201d}, which {platform} does not know. Scopes are separated by one {by}."
            ))
        }
        None => Ok(scopes),
    }
}
