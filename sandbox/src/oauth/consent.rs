//! The consent page: who would like to act for whom, and the choice that is sent back to the app.

use bytes::Bytes;
use http::{Request, StatusCode, header};
use maud::{Markup, html};

use super::authorize::{self, Asking};
use crate::{
    Sandbox,
    account::Account,
    fields::Fields,
    network::Network,
    page::{self, Allow},
    reply::{self, Reply, Stop, stop},
    store::Error,
};

/// Before the name of a scope that is not granted, in the form.
const WITHHOLD: &str = "withhold:";

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

/// What was asked, and the account that was chosen; none if the person has said no.
pub(crate) fn decided<'a, N: Network>(
    sandbox: &'a Sandbox,
    fields: &'a Fields,
) -> Result<(Asking<'a>, Option<&'static Account<N>>), Stop> {
    let checked = authorize::check::<N>(sandbox, fields).and_then(|asking| Ok((asking, chosen(fields)?)));
    match checked {
        Ok((asking, chosen)) => Ok((asking, chosen.filter(|account| account.behavior != N::DECLINES))),
        Err(sentence) => stop(refuse(&sentence)?),
    }
}

/// Exactly one of `account` (a username) and `cancel`.
fn chosen<N: Network>(fields: &Fields) -> Result<Option<&'static Account<N>>, String> {
    match (fields.get("account"), fields.get("cancel")) {
        (None, Some(_)) => Ok(None),
        (Some(username), None) => match Account::by_username(username) {
            Some(account) => Ok(Some(account)),
            None => Err("There is no such test account.".to_owned()),
        },
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

pub(super) fn page<N: Network>(fields: &Fields, asking: &Asking<'_>) -> Result<Reply, Error> {
    let form = form::<N>(fields, asking);
    reply::html(StatusCode::OK, page::frame("Authorize an app", form), Allow::Consent)
}

fn form<N: Network>(fields: &Fields, asking: &Asking<'_>) -> Markup {
    let dialog = N::DIALOG;
    html! {
        p {
            "The app " strong { bdi { (asking.app.client_id) } }
            " would like to act on " (N::NAME) " for one of these accounts. It asks for:"
        }
        form method="post" action=(dialog.path) {
            @if dialog.may_withhold {
                ul {
                    @for scope in &asking.scopes {
                        li { label {
                            input type="checkbox" name={ (WITHHOLD) (scope) } value="1";
                            span { "Withhold " code { (scope) } }
                        } }
                    }
                }
            } @else {
                p { @for scope in &asking.scopes { code { (scope) } " " } }
            }
            @for name in dialog.parameters {
                input type="hidden" name=(name) value=(fields.get(name).unwrap_or_default());
            }
            ul {
                @for account in N::ACCOUNTS {
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
