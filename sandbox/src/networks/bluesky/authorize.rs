//! `/oauth/authorize`: the consent form for a pushed request.

use bytes::Bytes;
use http::{Request, StatusCode};
use maud::{Markup, html};

use super::{
    oauth::POLICY,
    par::{self, PushedRequest},
    spec::SPEC,
};
use crate::{
    account::Account,
    behavior::Behavior,
    config::App,
    context::Context,
    error::Error,
    fields::Fields,
    oauth::{AuthorizationRequest, code, consent},
    page::{self, Allow},
    reply::{self, Reply, Stop, stop},
};

/// `GET`: the form, or a page with the fault of the request.
pub(super) async fn ask(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let fields = match Fields::read(request.uri().query().unwrap_or_default().as_bytes()) {
        Ok(fields) => fields,
        Err(repeated) => return stop(consent::refuse(&format!("The parameter {} is repeated.", repeated.0))?),
    };
    if let Some((name, _)) = fields.other_than(&["client_id", "request_uri"]) {
        return stop(consent::refuse(&format!("The parameter {name} must be pushed."))?);
    }
    let (uri, pushed) = find(context, &fields).await?;
    let form = form(&uri, &pushed);
    Ok(reply::html(StatusCode::OK, page::frame("Authorize an app", form), Allow::Consent)?)
}

/// `POST`: the decision.
pub(super) async fn decide(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let fields = consent::posted(context, request)?;
    let (uri, pushed) = find(context, &fields).await?;
    let account = match (fields.get("account"), fields.get("cancel")) {
        (None, Some(_)) => None,
        (Some(username), None) => match offered(&pushed).find(|account| account.username == username) {
            Some(account) => Some(account).filter(|account| account.behavior != Behavior::Declines),
            None => return stop(consent::refuse("The app asked for another account.")?),
        },
        _ => return stop(consent::refuse("Choose one account, or cancel.")?),
    };
    if !par::consume(context, &uri).await? {
        return stop(consent::refuse("This request was used before.")?);
    }
    let answer = match account {
        Some(account) => ("code", code(context, &pushed, account).await?),
        None => ("error", "access_denied".to_owned()),
    };
    let parameters = [("iss", context.public_url.as_str()), ("state", &pushed.state), (answer.0, &answer.1)];
    Ok(consent::redirect(&pushed.redirect_uri, &parameters, None)?)
}

async fn find(context: &Context, fields: &Fields) -> Result<(String, PushedRequest), Stop> {
    let (Some(uri), Some(client_id)) = (fields.get("request_uri"), fields.get("client_id")) else {
        return stop(consent::refuse("The parameters client_id and request_uri are needed.")?);
    };
    match par::find(context, uri, client_id).await? {
        Some(pushed) => Ok((uri.to_owned(), pushed)),
        None => stop(consent::refuse("This request_uri was not pushed by this client, has expired, or was used.")?),
    }
}

/// The accounts that may authorize the request.
fn offered(pushed: &PushedRequest) -> impl Iterator<Item = &'static Account> {
    SPEC.accounts.iter().filter(|account| pushed.account.as_deref().is_none_or(|only| only == account.id))
}

async fn code(context: &Context, pushed: &PushedRequest, account: &Account) -> Result<String, Error> {
    let holder = App { client_id: pushed.holder.clone(), client_secret: String::new(), redirect_uris: Vec::new() };
    let request = AuthorizationRequest {
        app: &holder,
        redirect_uri: &pushed.redirect_uri,
        state: &pushed.state,
        scopes: Vec::new(),
        challenge: Some(&pushed.challenge),
    };
    code::issue(context, &POLICY, &request, account.id, &pushed.scope).await
}

fn form(uri: &str, pushed: &PushedRequest) -> Markup {
    html! {
        p {
            "The app " strong { bdi { (pushed.client_id) } } " wants to act on " (SPEC.name)
            " for one of these accounts. It asks for:"
        }
        form method="post" action="/oauth/authorize" {
            p { @for scope in pushed.scope.split(' ') { code { (scope) } " " } }
            input type="hidden" name="client_id" value=(pushed.client_id);
            input type="hidden" name="request_uri" value=(uri);
            ul {
                @for account in offered(pushed) {
                    li {
                        strong { (account.name) } " @" (account.username)
                        p { (account.about) }
                        button name="account" value=(account.username) { "Authorize as @" (account.username) }
                    }
                }
            }
            button name="cancel" value="1" { "Cancel" }
        }
    }
}
