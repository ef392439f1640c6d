//! The authorization request: the app, where to go back, the state that goes with it, and what is asked for.

use bytes::Bytes;
use http::Request;

use super::{app, consent};
use crate::{
    App, Sandbox,
    fields::Fields,
    network::Network,
    reply::{Reply, Stop, stop},
};

/// What a platform wants of a request, and of consent to it.
pub(crate) struct Dialog {
    /// Where the request goes, and the form of consent.
    pub(crate) path: &'static str,
    /// The parameters of the request, in the order in which the form carries them.
    pub(crate) parameters: &'static [&'static str],
    /// The platform's name for the app's id.
    pub(crate) client: &'static str,
    pub(crate) scopes: &'static [&'static str],
    /// Between two scopes.
    pub(crate) separator: char,
    /// Whether a scope can be withheld while the others are granted.
    pub(crate) may_withhold: bool,
    /// What this platform alone demands. The error is a sentence, as of `check`.
    pub(crate) further: for<'a> fn(&'a Fields, &mut Asking<'a>) -> Result<(), String>,
}

/// A request in which everything has been checked.
pub(crate) struct Asking<'a> {
    pub(crate) app: &'a App,
    pub(crate) redirect_uri: &'a str,
    pub(crate) state: &'a str,
    pub(crate) scopes: Vec<&'a str>,
    /// PKCE's S256 challenge, where the platform has it.
    pub(crate) challenge: Option<&'a str>,
}

/// `GET`: the page that asks for consent.
pub(crate) fn ask<N: Network>(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let fields = match Fields::read(request.uri().query().unwrap_or_default().as_bytes()) {
        Ok(fields) => fields,
        Err(repeated) => return stop(consent::refuse(&format!("The parameter {} is repeated.", repeated.0))?),
    };
    if let Some((name, _)) = fields.other_than(N::DIALOG.parameters) {
        return stop(consent::refuse(&format!("{} knows no parameter {name}.", N::NAME))?);
    }
    Ok(match check::<N>(sandbox, &fields) {
        Ok(asking) => consent::page::<N>(&fields, &asking)?,
        Err(sentence) => consent::refuse(&sentence)?,
    })
}

/// Checks a request. The error is a sentence for the app's developer: a page shows it and nothing is redirected,
/// because a wrong request cannot be trusted to name where to go.
pub(super) fn check<'a, N: Network>(sandbox: &'a Sandbox, fields: &'a Fields) -> Result<Asking<'a>, String> {
    if required(fields, "response_type")? != "code" {
        return Err("The parameter response_type must be code.".to_owned());
    }
    let dialog = N::DIALOG;
    let client = dialog.client;
    let app = app(sandbox, required(fields, client)?)
        .ok_or_else(|| format!("The parameter {client} names no registered app."))?;
    let redirect_uri = required(fields, "redirect_uri")?;
    if !app.redirect_uris.iter().any(|uri| uri == redirect_uri) {
        return Err(
            "The parameter redirect_uri is not, character by character, one that the app has registered.".to_owned()
        );
    }
    let state = required(fields, "state")?;
    let scopes: Vec<&str> = required(fields, "scope")?.split(dialog.separator).collect();
    if let Some(unknown) = scopes.iter().find(|scope| !dialog.scopes.contains(scope)) {
        let by = if dialog.separator == ' ' { "space" } else { "comma" };
        return Err(format!(
            "The parameter scope has \u{201c}{unknown}\u{201d}, which {} does not know. Scopes are separated by one {by}.",
            N::NAME
        ));
    }
    let mut asking = Asking { app, redirect_uri, state, scopes, challenge: None };
    (dialog.further)(fields, &mut asking)?;
    Ok(asking)
}

pub(crate) fn required<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, String> {
    fields.get(name).ok_or_else(|| format!("The parameter {name} is missing."))
}
