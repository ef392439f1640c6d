//! The authorization request: what an app asks for, checked to the letter.

use crate::{App, Sandbox, fields::Fields, x::scope};

/// The parameters of the request, in the order in which the consent form carries them.
pub(crate) const PARAMETERS: [&str; 7] =
    ["response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"];

/// RFC 7636: a SHA-256 in base64url without padding has exactly this many characters.
const CHALLENGE_LENGTH: usize = 43;
/// X's documented limit.
const STATE_LIMIT: usize = 500;

/// A request in which everything has been checked.
pub(crate) struct Asked<'a> {
    pub(crate) app: &'a App,
    pub(crate) redirect_uri: &'a str,
    pub(crate) scope: &'a str,
    pub(crate) state: &'a str,
    pub(crate) challenge: &'a str,
}

/// Checks every parameter. The error is a sentence for the app's developer: X shows a page and
/// redirects nowhere, because a wrong request cannot be trusted to name where to go.
pub(crate) fn check<'a>(sandbox: &'a Sandbox, fields: &'a Fields) -> Result<Asked<'a>, String> {
    let required = |name: &str| fields.get(name).ok_or_else(|| format!("The parameter {name} is missing."));
    if required("response_type")? != "code" {
        return Err("The parameter response_type must be code.".to_owned());
    }
    let client_id = required("client_id")?;
    let app = sandbox
        .config
        .apps
        .iter()
        .find(|app| app.client_id == client_id)
        .ok_or("The parameter client_id names no registered app.")?;
    let redirect_uri = required("redirect_uri")?;
    if !app.redirect_uris.iter().any(|uri| uri == redirect_uri) {
        return Err(
            "The parameter redirect_uri is not, character by character, one that the app has registered.".to_owned()
        );
    }
    let scope = required("scope")?;
    if let Some(unknown) = scope.split(' ').find(|scope| !scope::KNOWN.contains(scope)) {
        return Err(format!(
            "The parameter scope has \u{201c}{unknown}\u{201d}, which X does not know. Scopes are separated by one space."
        ));
    }
    let state = required("state")?;
    if state.chars().count() > STATE_LIMIT {
        return Err(format!("The parameter state has more than {STATE_LIMIT} characters."));
    }
    let challenge = required("code_challenge")?;
    if required("code_challenge_method")? != "S256" {
        return Err("The parameter code_challenge_method must be S256.".to_owned());
    }
    let base64url = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if challenge.len() != CHALLENGE_LENGTH || !challenge.chars().all(base64url) {
        return Err(format!(
            "The parameter code_challenge is not a SHA-256 in base64url: {CHALLENGE_LENGTH} characters, no padding."
        ));
    }
    Ok(Asked { app, redirect_uri, scope, state, challenge })
}
