//! Access tokens. A code gives a token for an hour, which is exchanged for a token for 60 days. That one can be refreshed
//! once it is a day old, and stays valid after it.

use bytes::Bytes;
use chrono::TimeDelta;
use http::{Method, Request, StatusCode};
use serde_json::json;

use super::{
    account::scoped_id,
    caller,
    graph_error::GraphError,
    oauth::{OAUTH, SHORT},
    parameters,
    spec::SPEC,
};
use crate::{
    behavior::Behavior,
    content_type,
    context::Context,
    fields::Fields,
    oauth::{
        Lifetimes, RefreshLifetime,
        code::{self, CodeExchange},
        grant,
        token::{self, IssuedToken, TokenError},
    },
    reply::{self, Reply, Stop, stop},
};

/// In seconds.
const LONG: i64 = 60 * DAY;
const DAY: i64 = 24 * 60 * 60;
/// The age of a long-lived token of [`Behavior::ShortLivedToken`] when it is issued.
const AGE_AT_ISSUE: i64 = 57 * DAY;

/// An error of the endpoint that exchanges codes.
pub(super) fn refusal(message: &str) -> Reply {
    let body = json!({ "error_type": "OAuthException", "code": 400, "error_message": message });
    reply::json(StatusCode::BAD_REQUEST, &body)
}

/// `POST /api.instagram.com/oauth/access_token`
pub(crate) async fn exchange(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let form = match Fields::read(request.body()) {
        Ok(form) if request.method() == Method::POST && content_type::is(request, content_type::FORM) => form,
        Ok(_) => return Ok(refusal("The request must be a form that is posted.")),
        Err(repeated) => return Ok(refusal(&format!("Repeated parameter {}", repeated.0))),
    };
    let known = ["client_id", "client_secret", "grant_type", "redirect_uri", "code"];
    if let Some((name, _)) = form.other_than(&known) {
        return Ok(refusal(&format!("Unknown parameter {name}")));
    }
    let mut values = [""; 5];
    for (value, name) in values.iter_mut().zip(known) {
        match form.get(name) {
            Some(given) => *value = given,
            None => return Ok(refusal(&format!("Missing required field {name}"))),
        }
    }
    let [client_id, secret, grant_type, redirect_uri, code] = values;
    if grant_type != "authorization_code" {
        return Ok(refusal("Invalid grant_type, must be authorization_code"));
    }
    match context.app(client_id) {
        None => return Ok(refusal("Invalid platform app")),
        Some(app) if app.client_secret != secret => return Ok(refusal("Error validating client secret.")),
        Some(_) => {}
    }
    let exchange = CodeExchange { client_id, code, redirect_uri, verifier: None };
    Ok(match code::exchange(context, &OAUTH.tokens, &exchange).await? {
        Ok(tokens) => {
            let user = SPEC.account_by_id(&tokens.account).map(scoped_id);
            let data = json!({ "access_token": tokens.access, "user_id": user, "permissions": tokens.scope });
            reply::json(StatusCode::OK, &json!({ "data": [data] }))
        }
        Err(TokenError::RedirectUri) => refusal(
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request",
        ),
        Err(_) => refusal("Matching code was not found or was already used"),
    })
}

/// `GET /graph.instagram.com/access_token`: exchanges a token for an hour for a token for 60 days.
pub(crate) async fn exchange_for_long(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let query = read(request, "ig_exchange_token", &["grant_type", "client_secret", "access_token"])?;
    let token = caller::valid_token(context, query.get("access_token")).await?;
    let app = context.app(&token.grant.client_id);
    if app.is_none_or(|app| query.get("client_secret") != Some(&app.client_secret)) {
        return stop(GraphError::of(101, None).reply());
    }
    if is_long(&token) {
        return stop(GraphError::of(100, None).with_message("The access token is not a short-lived one.").reply());
    }
    let account = SPEC.account_by_id(&token.grant.account);
    let age =
        if account.is_some_and(|account| account.behavior == Behavior::ShortLivedToken) { AGE_AT_ISSUE } else { 0 };
    issue_long(context, &token, age).await
}

/// `GET /graph.instagram.com/refresh_access_token`: exchanges a token for 60 days that is a day old for a new one.
pub(crate) async fn refresh(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let query = read(request, "ig_refresh_token", &["grant_type", "access_token"])?;
    let token = caller::valid_token(context, query.get("access_token")).await?;
    if SPEC.revokes_access(&token.grant.account) {
        grant::revoke(context, &SPEC, &token.grant_id).await?;
        return stop(GraphError::of(190, Some(463)).reply());
    }
    if !is_long(&token) {
        return stop(GraphError::of(190, None).with_message("The access token is not a long-lived one.").reply());
    }
    if context.now().timestamp() < token.issued_at + DAY {
        return stop(GraphError::of(100, None).with_message("The access token is less than 24 hours old.").reply());
    }
    issue_long(context, &token, 0).await
}

fn is_long(token: &IssuedToken) -> bool {
    token.expires_at - token.issued_at > SHORT
}

/// Issues a long-lived token that is already `age` seconds old.
async fn issue_long(context: &Context, token: &IssuedToken, age: i64) -> Result<Reply, Stop> {
    let lifetimes = Lifetimes { access: LONG, refresh: RefreshLifetime::NotIssued };
    let issued = context.now() - TimeDelta::seconds(age);
    match token::issue_another(context, &SPEC, token, &lifetimes, issued).await? {
        Ok(tokens) => {
            let body = json!({
                "access_token": tokens.access,
                "token_type": "bearer",
                "expires_in": tokens.expires_in - age,
            });
            Ok(reply::json(StatusCode::OK, &body))
        }
        Err(_) => stop(GraphError::of(190, Some(458)).reply()),
    }
}

fn read(request: &Request<Bytes>, grant_type: &str, known: &[&str]) -> Result<Fields, Stop> {
    let query = parameters::read(request, known)?;
    if query.get("grant_type") != Some(grant_type) {
        return stop(
            GraphError::of(100, None).with_message(&format!("The parameter grant_type must be {grant_type}.")).reply(),
        );
    }
    Ok(query)
}
