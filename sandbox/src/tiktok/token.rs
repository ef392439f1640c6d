//! `POST /v2/oauth/token/` and `POST /v2/oauth/revoke/`. An app authenticates in the form.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::{REFRESH_LIFETIME, TikTok, account::Account, answer};
use crate::{
    App, Sandbox,
    oauth::{
        self, Refused, Tokens,
        code::{self, Exchange},
        form::{Form, Wrong},
        grant,
    },
    reply::{self, Reply, Stop, stop},
    store::Error,
};

/// What TikTok's codes end in: whoever forgets to decode the query hands in another code.
pub(super) const CODE_END: &str = "*2!6170.va";

/// `POST /v2/oauth/token/`
pub(crate) async fn exchange(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let told = |wrong| told(sandbox, wrong);
    let form = Form::read(request).map_err(told)?;
    let app = authenticate(sandbox, &form)?;
    let required = |name| form.required(name).map_err(told);
    let tokens = match required("grant_type")? {
        "authorization_code" => {
            form.only(&["client_key", "client_secret", "grant_type", "code", "redirect_uri"]).map_err(told)?;
            let (code, redirect_uri) = (required("code")?, required("redirect_uri")?);
            match code.strip_suffix(CODE_END) {
                Some(code) => {
                    let exchange = Exchange { client_id: &app.client_id, code, redirect_uri, verifier: None };
                    code::redeem::<TikTok>(sandbox, &exchange).await?
                }
                None => Err(Refused::Code),
            }
        }
        "refresh_token" => {
            form.only(&["client_key", "client_secret", "grant_type", "refresh_token"]).map_err(told)?;
            grant::rotate::<TikTok>(sandbox, &app.client_id, required("refresh_token")?).await?
        }
        _ => return refuse(sandbox, "unsupported_grant_type", "The grant type is not supported."),
    };
    match tokens {
        Ok(tokens) => Ok(granted(app, &tokens)),
        Err(Refused::RefreshToken | Refused::Withdrawn) => {
            refuse(sandbox, "invalid_grant", "Refresh token is invalid or expired.")
        }
        Err(Refused::RedirectUri) => {
            refuse(sandbox, "invalid_request", "Redirect_uri is not matched with the uri when requesting code.")
        }
        Err(Refused::Code | Refused::Verifier) => {
            refuse(sandbox, "invalid_grant", "Authorization code is invalid or expired.")
        }
    }
}

fn granted(app: &App, tokens: &Tokens) -> Reply {
    let open_id = Account::by_id(&tokens.account).map(|account| account.open_id(&app.client_id));
    let body = json!({
        "access_token": tokens.access,
        "expires_in": tokens.expires_in,
        "open_id": open_id,
        "refresh_expires_in": REFRESH_LIFETIME,
        "refresh_token": tokens.refresh,
        "scope": tokens.scope,
        "token_type": "Bearer",
    });
    reply::json(StatusCode::OK, &body)
}

/// `POST /v2/oauth/revoke/`: ends all that the person granted, and answers with nothing.
pub(crate) async fn revoke(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let told = |wrong| told(sandbox, wrong);
    let form = Form::read(request).map_err(told)?;
    let app = authenticate(sandbox, &form)?;
    form.only(&["client_key", "client_secret", "token"]).map_err(told)?;
    let token = form.required("token").map_err(told)?;
    match grant::find::<TikTok>(sandbox, token).await? {
        Some(known) if known.grant.client_id == app.client_id => {
            grant::kill::<TikTok>(sandbox, &known.id).await?;
            Ok(Reply::new(Bytes::new()))
        }
        _ => refuse(sandbox, "invalid_request", "Access token is invalid."),
    }
}

/// TikTok's words for a form that is wrong.
fn told(sandbox: &Sandbox, wrong: Wrong) -> Stop {
    let description = match wrong {
        Wrong::NoForm => "Only `application/x-www-form-urlencoded` is accepted as Content-Type.".to_owned(),
        Wrong::Repeated(name) => format!("The parameter {name} is repeated."),
        Wrong::Missing(name) => format!("The parameter {name} is missing."),
        Wrong::Unknown(name) => format!("The parameter {name} is unknown."),
    };
    match refusal(sandbox, "invalid_request", &description) {
        Ok(reply) => Stop::With(Box::new(reply)),
        Err(error) => error.into(),
    }
}

fn authenticate<'a>(sandbox: &'a Sandbox, form: &Form) -> Result<&'a App, Stop> {
    let told = |wrong| told(sandbox, wrong);
    let key = form.required("client_key").map_err(told)?;
    let secret = form.required("client_secret").map_err(told)?;
    match oauth::app(sandbox, key).filter(|app| app.client_secret == secret) {
        Some(app) => Ok(app),
        None => refuse(sandbox, "invalid_client", "Client key or secret is incorrect."),
    }
}

fn refuse<T>(sandbox: &Sandbox, error: &str, description: &str) -> Result<T, Stop> {
    stop(refusal(sandbox, error, description)?)
}

/// An error of OAuth. TikTok documents no status; its users have seen 200, so only the body tells.
fn refusal(sandbox: &Sandbox, error: &str, description: &str) -> Result<Reply, Error> {
    let body = json!({ "error": error, "error_description": description, "log_id": answer::log_id(sandbox)? });
    Ok(reply::json(StatusCode::OK, &body))
}
