//! The consent page: who would like to act for whom, and the choice that is sent back to the app.

use bytes::Bytes;
use http::{Request, StatusCode, header};
use maud::{Markup, html};

use crate::{
    Sandbox,
    fields::Fields,
    page::{self, Allow},
    reply::{self, Reply, Stop, stop},
    store::Error,
};

/// Before the name of a scope that is not granted, in the form.
const WITHHOLD: &str = "withhold:";

/// What the page shows.
pub(crate) struct Ask<'a> {
    /// The platform's name, as people know it.
    pub(crate) platform: &'a str,
    /// Where the form goes: the platform's own authorize path.
    pub(crate) action: &'a str,
    /// The app's id.
    pub(crate) client: &'a str,
    pub(crate) scopes: &'a [&'a str],
    /// Whether a scope can be withheld while the others are granted.
    pub(crate) may_withhold: bool,
    /// The request's own parameters, which the form carries.
    pub(crate) fields: &'a Fields,
    pub(crate) parameters: &'a [&'a str],
    pub(crate) accounts: &'a [Choice],
}

/// An account that can be chosen.
pub(crate) struct Choice {
    pub(crate) username: &'static str,
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
}

/// What was chosen.
pub(crate) enum Decision<'a> {
    /// The account's username.
    Account(&'a str),
    Cancel,
}

/// The parameters of a request for consent, of which none may be unknown or given twice.
pub(crate) fn asked(request: &Request<Bytes>, platform: &str, parameters: &[&str]) -> Result<Fields, Stop> {
    let fields = match Fields::read(request.uri().query().unwrap_or_default().as_bytes()) {
        Ok(fields) => fields,
        Err(repeated) => return stop(refuse(&format!("The parameter {} is repeated.", repeated.0))?),
    };
    match fields.other_than(parameters) {
        Some((name, _)) => stop(refuse(&format!("{platform} knows no parameter {name}."))?),
        None => Ok(fields),
    }
}

/// The fields of the consent form, which counts only from the own page.
pub(crate) fn posted(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Fields, Stop> {
    if !from_own_page(sandbox, request) {
        let page = page::notice("Not from here", "Consent is given only by the form of this site itself.");
        return stop(reply::html(StatusCode::FORBIDDEN, page, Allow::Nothing)?);
    }
    match Fields::read(request.body()) {
        Ok(fields) => Ok(fields),
        Err(repeated) => stop(refuse(&format!("The field {} is repeated.", repeated.0))?),
    }
}

/// Exactly one of `account` and `cancel`.
pub(crate) fn decision(fields: &Fields) -> Result<Decision<'_>, String> {
    match (fields.get("account"), fields.get("cancel")) {
        (None, Some(_)) => Ok(Decision::Cancel),
        (Some(username), None) => Ok(Decision::Account(username)),
        _ => Err("Choose one account, or cancel.".to_owned()),
    }
}

/// Those of the scopes that were not withheld.
pub(crate) fn granted<'a>(fields: &Fields, scopes: &[&'a str]) -> Vec<&'a str> {
    let withheld = |scope: &str| fields.get(&format!("{WITHHOLD}{scope}")).is_some();
    scopes.iter().copied().filter(|scope| !withheld(scope)).collect()
}

/// The page for a request that is wrong: it redirects nowhere.
pub(crate) fn refuse(sentence: &str) -> Result<Reply, Error> {
    reply::html(StatusCode::BAD_REQUEST, page::notice("Something went wrong", sentence), Allow::Nothing)
}

pub(crate) fn page(ask: &Ask<'_>) -> Result<Reply, Error> {
    reply::html(StatusCode::OK, page::frame("Authorize an app", form(ask)), Allow::Consent)
}

fn form(ask: &Ask<'_>) -> Markup {
    html! {
        p {
            "The app " strong { bdi { (ask.client) } }
            " would like to act on " (ask.platform) " for one of these accounts. It asks for:"
        }
        form method="post" action=(ask.action) {
            @if ask.may_withhold {
                ul {
                    @for scope in ask.scopes {
                        li { label {
                            code { (scope) } " "
                            input type="checkbox" name={ (WITHHOLD) (scope) } value="1"; " Withhold"
                        } }
                    }
                }
            } @else {
                p { @for scope in ask.scopes { code { (scope) } " " } }
            }
            @for name in ask.parameters {
                input type="hidden" name=(name) value=(ask.fields.get(name).unwrap_or_default());
            }
            ul {
                @for account in ask.accounts {
                    li {
                        strong { (account.name) } " @" (account.username)
                        p { (account.about) }
                        button name="account" value=(account.username) {
                            "Authorize as @" (account.username)
                        }
                    }
                }
            }
            button name="cancel" value="1" { "Cancel" }
        }
    }
}

/// Sends the browser back to the app, with these parameters and, as some platforms do, a fragment.
pub(crate) fn back(redirect_uri: &str, parameters: &[(&str, &str)], fragment: Option<&str>) -> Result<Reply, Error> {
    let Ok(mut location) = url::Url::parse(redirect_uri) else {
        return refuse("The registered redirect_uri is not an absolute URL.");
    };
    location.query_pairs_mut().extend_pairs(parameters);
    location.set_fragment(fragment);
    reply::see_other(location.as_str())
}

/// A form of another site must not consent for whoever visits it.
fn from_own_page(sandbox: &Sandbox, request: &Request<Bytes>) -> bool {
    let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = header(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let own = url::Url::parse(&sandbox.config.public_url).map(|url| url.origin().ascii_serialization());
    match (header(header::ORIGIN), own) {
        (Some(origin), Ok(own)) => origin == own,
        _ => false,
    }
}
