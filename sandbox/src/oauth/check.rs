//! Validation of an authorization request.

use super::{
    authorization_server::AuthorizationServer,
    endpoint::{AuthorizationEndpoint, AuthorizationRequest},
};
use crate::{context::Context, fields::Fields};

/// Validates a request. The error is a sentence for the app's developer. It is shown on a page and not sent to the
/// redirect URI, because an invalid request cannot be trusted to name one.
pub(super) fn check<'a>(
    context: &'a Context,
    server: &AuthorizationServer,
    fields: &'a Fields,
) -> Result<AuthorizationRequest<'a>, String> {
    if required(fields, "response_type")? != "code" {
        return Err("The parameter response_type must be code.".to_owned());
    }
    let AuthorizationEndpoint { client_parameter, separator, .. } = server.endpoint;
    let app = context
        .app(required(fields, client_parameter)?)
        .ok_or_else(|| format!("No app is registered with this {client_parameter}."))?;
    let redirect_uri = required(fields, "redirect_uri")?;
    if !app.redirect_uris.iter().any(|uri| uri == redirect_uri) {
        return Err("The app has not registered this redirect_uri. It must match exactly.".to_owned());
    }
    let state = required(fields, "state")?;
    let scopes: Vec<&str> = required(fields, "scope")?.split(separator).collect();
    if let Some(unknown) = scopes.iter().find(|scope| !server.endpoint.scopes.contains(scope)) {
        let by = if separator == ' ' { "space" } else { "comma" };
        return Err(format!(
            "{} has no scope \u{201c}{unknown}\u{201d}. Scopes are separated by one {by}.",
            server.tokens.spec.name
        ));
    }
    let mut request = AuthorizationRequest { app, redirect_uri, state, scopes, challenge: None };
    (server.endpoint.further)(fields, &mut request)?;
    Ok(request)
}

pub(crate) fn required<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, String> {
    fields.get(name).ok_or_else(|| format!("The parameter {name} is missing."))
}
