//! The consent page: who would like to act for whom, and the choice that is sent back to the app.

use bytes::Bytes;
use http::{Request, StatusCode, header};
use maud::{Markup, html};

use super::{
    account::{ACCOUNTS, Account, Behavior},
    authorize::{self, Asked, PARAMETERS},
    code,
};
use crate::{
    Sandbox,
    fields::Fields,
    page::{self, Forms},
    reply::{self, Reply, Stop},
    store::Error,
};

/// `GET /x.com/i/oauth2/authorize`
pub(crate) fn ask(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Error> {
    let query = request.uri().query().unwrap_or_default();
    let fields = match Fields::read(query.as_bytes()) {
        Ok(fields) => fields,
        Err(repeated) => return refuse(&format!("The parameter {} is repeated.", repeated.0)),
    };
    if let Some((name, _)) = fields.other_than(&PARAMETERS) {
        return refuse(&format!("X knows no parameter {name}."));
    }
    match authorize::check(sandbox, &fields) {
        Ok(asked) => reply::html(StatusCode::OK, consent(&asked, &fields), Forms::Consent),
        Err(sentence) => refuse(&sentence),
    }
}

fn refuse(sentence: &str) -> Result<Reply, Error> {
    let page = page::notice("Something went wrong", sentence);
    reply::html(StatusCode::BAD_REQUEST, page, Forms::None)
}

fn consent(asked: &Asked, fields: &Fields) -> Markup {
    let content = html! {
        p {
            "The app " strong { bdi { (asked.app.client_id) } }
            " would like to act on X for one of these accounts. It asks for:"
        }
        p { @for scope in asked.scope.split(' ') { code { (scope) } " " } }
        form method="post" action="/x.com/i/oauth2/authorize" {
            @for name in PARAMETERS {
                input type="hidden" name=(name) value=(fields.get(name).unwrap_or_default());
            }
            ul {
                @for account in ACCOUNTS {
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
    };
    page::frame("Authorize an app", content)
}

/// `POST /x.com/i/oauth2/authorize`: the consent form, which carries the request and one of
/// `account` (a username) and `cancel`.
pub(crate) async fn decide(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    if !from_own_page(sandbox, request) {
        let page = page::notice("Not from here", "Consent is given only by the form of this site itself.");
        return Ok(reply::html(StatusCode::FORBIDDEN, page, Forms::None)?);
    }
    let fields = match Fields::read(request.body()) {
        Ok(fields) => fields,
        Err(repeated) => {
            return Ok(refuse(&format!("The field {} is repeated.", repeated.0))?);
        }
    };
    let asked = match authorize::check(sandbox, &fields) {
        Ok(asked) => asked,
        Err(sentence) => return Ok(refuse(&sentence)?),
    };
    let chosen = match (fields.get("account"), fields.get("cancel")) {
        (None, Some(_)) => None,
        (Some(username), None) => match Account::by_username(username) {
            Some(account) => Some(account),
            None => return Ok(refuse("There is no such test account.")?),
        },
        _ => return Ok(refuse("Choose one account, or cancel.")?),
    };
    let answer = match chosen {
        Some(account) if account.behavior != Behavior::Declines => {
            ("code", code::issue(sandbox, &asked, account).await?)
        }
        _ => ("error", "access_denied".to_owned()),
    };
    let Ok(mut location) = url::Url::parse(asked.redirect_uri) else {
        return Ok(refuse("The registered redirect_uri is not an absolute URL.")?);
    };
    location.query_pairs_mut().append_pair("state", asked.state).append_pair(answer.0, &answer.1);
    Ok(reply::see_other(location.as_str())?)
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
