//! Tokens: a code gives one for an hour, which is exchanged for one of 60 days, which can be refreshed
//! once it is a day old. A refreshed one does not end the one before.

use bytes::Bytes;
use chrono::TimeDelta;
use http::{Method, Request, StatusCode};
use serde_json::json;

use super::{
    Instagram,
    account::{Account, Behavior},
    caller,
    failure::Failure,
    parameters,
};
use crate::{
    Sandbox,
    account::withdrawn,
    content_type,
    fields::Fields,
    oauth::{
        self, Refresh, Refused, Terms,
        code::{self, Exchange},
        grant::{self, Known},
    },
    reply::{self, Reply, Stop, stop},
};

/// Seconds.
pub(super) const SHORT: i64 = 60 * 60;
const LONG: i64 = 60 * DAY;
const DAY: i64 = 24 * 60 * 60;
/// How old the long-lived token of `short_lived` is when it is given.
const OLD: i64 = 57 * DAY;

/// How the endpoint of codes says no.
pub(super) fn refused(message: &str) -> Reply {
    let body = json!({ "error_type": "OAuthException", "code": 400, "error_message": message });
    reply::json(StatusCode::BAD_REQUEST, &body)
}

/// `POST /api.instagram.com/oauth/access_token`
pub(crate) async fn exchange(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let form = match Fields::read(request.body()) {
        Ok(form) if request.method() == Method::POST && content_type::is(request, content_type::FORM) => form,
        Ok(_) => return Ok(refused("The request must be a form that is posted.")),
        Err(repeated) => return Ok(refused(&format!("Repeated parameter {}", repeated.0))),
    };
    let known = ["client_id", "client_secret", "grant_type", "redirect_uri", "code"];
    if let Some((name, _)) = form.other_than(&known) {
        return Ok(refused(&format!("Unknown parameter {name}")));
    }
    let mut values = [""; 5];
    for (value, name) in values.iter_mut().zip(known) {
        match form.get(name) {
            Some(given) => *value = given,
            None => return Ok(refused(&format!("Missing required field {name}"))),
        }
    }
    let [client_id, secret, grant_type, redirect_uri, code] = values;
    if grant_type != "authorization_code" {
        return Ok(refused("Invalid grant_type, must be authorization_code"));
    }
    match oauth::app(sandbox, client_id) {
        None => return Ok(refused("Invalid platform app")),
        Some(app) if app.client_secret != secret => return Ok(refused("Error validating client secret.")),
        Some(_) => {}
    }
    let exchange = Exchange { client_id, code, redirect_uri, verifier: None };
    Ok(match code::redeem::<Instagram>(sandbox, &exchange).await? {
        Ok(tokens) => {
            let user = Account::by_id(&tokens.account).map(Account::scoped_id);
            let data = json!({ "access_token": tokens.access, "user_id": user, "permissions": tokens.scope });
            reply::json(StatusCode::OK, &json!({ "data": [data] }))
        }
        Err(Refused::RedirectUri) => refused(
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request",
        ),
        Err(_) => refused("Matching code was not found or was already used"),
    })
}

/// `GET /graph.instagram.com/access_token`: a token of an hour gives one of 60 days.
pub(crate) async fn lengthen(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let query = asked(request, "ig_exchange_token", &["grant_type", "client_secret", "access_token"])?;
    let known = good(sandbox, &query).await?;
    let app = oauth::app(sandbox, &known.grant.client_id);
    if app.is_none_or(|app| query.get("client_secret") != Some(&app.client_secret)) {
        return stop(Failure::of(101, None).reply());
    }
    if is_long(&known) {
        return stop(Failure::of(100, None).saying("The access token is not a short-lived one.").reply());
    }
    let account = Account::by_id(&known.grant.account);
    let age = if account.is_some_and(|account| account.behavior == Behavior::ShortLived) { OLD } else { 0 };
    give(sandbox, &known, age).await
}

/// `GET /graph.instagram.com/refresh_access_token`: a token of 60 days that is a day old gives another.
pub(crate) async fn refresh(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let query = asked(request, "ig_refresh_token", &["grant_type", "access_token"])?;
    let known = good(sandbox, &query).await?;
    if withdrawn::<Instagram>(&known.grant.account) {
        grant::kill::<Instagram>(sandbox, &known.id).await?;
        return stop(Failure::of(190, Some(463)).reply());
    }
    if !is_long(&known) {
        return stop(Failure::of(190, None).saying("The access token is not a long-lived one.").reply());
    }
    if (sandbox.clock)().timestamp() < known.issued_at + DAY {
        return stop(Failure::of(100, None).saying("The access token is less than 24 hours old.").reply());
    }
    give(sandbox, &known, 0).await
}

fn is_long(known: &Known) -> bool {
    known.expires_at - known.issued_at > SHORT
}

/// A long-lived token that is already this old.
async fn give(sandbox: &Sandbox, known: &Known, age: i64) -> Result<Reply, Stop> {
    let terms = Terms { access: LONG, refresh: Refresh::None };
    let issued = (sandbox.clock)() - TimeDelta::seconds(age);
    match grant::extend::<Instagram>(sandbox, known, &terms, issued).await? {
        Ok(tokens) => {
            let body = json!({
                "access_token": tokens.access,
                "token_type": "bearer",
                "expires_in": tokens.expires_in - age,
            });
            Ok(reply::json(StatusCode::OK, &body))
        }
        Err(_) => stop(Failure::of(190, Some(458)).reply()),
    }
}

fn asked(request: &Request<Bytes>, grant_type: &str, known: &[&str]) -> Result<Fields, Stop> {
    let query = parameters::read(request, known)?;
    if query.get("grant_type") != Some(grant_type) {
        return stop(Failure::of(100, None).saying(&format!("The parameter grant_type must be {grant_type}.")).reply());
    }
    Ok(query)
}

async fn good(sandbox: &Sandbox, query: &Fields) -> Result<Known, Stop> {
    caller::known(sandbox, query.get("access_token")).await
}
