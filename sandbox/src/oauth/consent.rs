//! The consent page: the form, the decision, and the redirect to the app.

use bytes::Bytes;
use http::{Request, StatusCode, header};
use maud::{Markup, html};

use super::{authorization_server::AuthorizationServer, check::check, endpoint::AuthorizationRequest};
use crate::{
    account::Account,
    behavior::Behavior,
    context::Context,
    error::Error,
    fields::Fields,
    notice::notice,
    page::{self, Allow},
    reply::{self, Reply, Stop, stop},
    spec::Spec,
};

/// Prefix of the form's fields for withheld scopes.
const WITHHOLD: &str = "withhold:";

/// The fields of the consent form. A form from another site is refused.
pub(crate) fn posted(context: &Context, request: &Request<Bytes>) -> Result<Fields, Stop> {
    if !is_same_origin(context, request) {
        let sentence = "The sandbox accepts consent from its own form only.";
        return stop(notice(StatusCode::FORBIDDEN, "Cross-site request refused", sentence)?);
    }
    match Fields::read(request.body()) {
        Ok(fields) => Ok(fields),
        Err(repeated) => stop(refuse(&format!("The field {} is repeated.", repeated.0))?),
    }
}

/// The authorization request and the account that grants it; `None` if the person declined.
pub(crate) fn decided<'a>(
    context: &'a Context,
    server: &AuthorizationServer,
    fields: &'a Fields,
) -> Result<(AuthorizationRequest<'a>, Option<&'static Account>), Stop> {
    let checked = check(context, server, fields).and_then(|request| Ok((request, chosen(server.tokens.spec, fields)?)));
    match checked {
        Ok((request, chosen)) => Ok((request, chosen.filter(|account| account.behavior != Behavior::Declines))),
        Err(sentence) => stop(refuse(&sentence)?),
    }
}

/// The form has either `account` (a username) or `cancel`.
fn chosen(spec: &Spec, fields: &Fields) -> Result<Option<&'static Account>, String> {
    match (fields.get("account"), fields.get("cancel")) {
        (None, Some(_)) => Ok(None),
        (Some(username), None) => match spec.account_by_username(username) {
            Some(account) => Ok(Some(account)),
            None => Err("There is no such test account.".to_owned()),
        },
        _ => Err("Choose one account, or cancel.".to_owned()),
    }
}

/// The scopes that the person did not withhold.
pub(crate) fn granted<'a>(fields: &Fields, scopes: &[&'a str]) -> Vec<&'a str> {
    let withheld = |scope: &str| fields.get(&format!("{WITHHOLD}{scope}")).is_some();
    scopes.iter().copied().filter(|scope| !withheld(scope)).collect()
}

/// The page for an invalid request.
pub(crate) fn refuse(sentence: &str) -> Result<Reply, Error> {
    notice(StatusCode::BAD_REQUEST, "Something went wrong", sentence)
}

pub(super) fn page(
    server: &AuthorizationServer,
    fields: &Fields,
    request: &AuthorizationRequest<'_>,
) -> Result<Reply, Error> {
    let form = form(server, fields, request);
    reply::html(StatusCode::OK, page::frame("Authorize an app", form), Allow::Consent)
}

fn form(server: &AuthorizationServer, fields: &Fields, request: &AuthorizationRequest<'_>) -> Markup {
    let endpoint = &server.endpoint;
    html! {
        p {
            "The app " strong { bdi { (request.app.client_id) } }
            " wants to act on " (server.tokens.spec.name) " for one of these accounts. It asks for:"
        }
        form method="post" action=(endpoint.path) {
            @if endpoint.may_withhold {
                ul {
                    @for scope in &request.scopes {
                        li { label {
                            input type="checkbox" name={ (WITHHOLD) (scope) } value="1";
                            span { "Withhold " code { (scope) } }
                        } }
                    }
                }
            } @else {
                p { @for scope in &request.scopes { code { (scope) } " " } }
            }
            @for name in endpoint.parameters {
                input type="hidden" name=(name) value=(fields.get(name).unwrap_or_default());
            }
            ul {
                @for account in server.tokens.spec.accounts {
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

/// Redirects the browser to the app with these query parameters and, as some platforms do, a fragment.
pub(crate) fn redirect(
    redirect_uri: &str,
    parameters: &[(&str, &str)],
    fragment: Option<&str>,
) -> Result<Reply, Error> {
    let Ok(mut location) = url::Url::parse(redirect_uri) else {
        return refuse("The registered redirect_uri is not an absolute URL.");
    };
    location.query_pairs_mut().extend_pairs(parameters);
    location.set_fragment(fragment);
    reply::see_other(location.as_str())
}

/// Protects the form against cross-site request forgery.
fn is_same_origin(context: &Context, request: &Request<Bytes>) -> bool {
    let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = header(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let own = url::Url::parse(&context.public_url).map(|url| url.origin().ascii_serialization());
    match (header(header::ORIGIN), own) {
        (Some(origin), Ok(own)) => origin == own,
        _ => false,
    }
}
