//! `POST /v2/oauth/token/` and `POST /v2/oauth/revoke/`. An app authenticates in the form.

use bytes::Bytes;
use http::{Request, StatusCode, header};
use serde_json::json;

use super::{OAUTH, REFRESH_LIFETIME, account::Account, answer};
use crate::{
    App, Sandbox,
    fields::Fields,
    oauth::{
        self, Refused, Tokens,
        code::{self, Exchange},
        grant,
    },
    reply::{self, Reply, Stop, stop},
    store::Error,
};

/// What TikTok's codes end in: whoever forgets to decode the query hands in another code.
pub(super) const CODE_END: &str = "*2!6170.va";

/// `POST /v2/oauth/token/`
pub(crate) async fn exchange(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let form = form(sandbox, request)?;
    let app = authenticate(sandbox, &form)?;
    let required = |name| required(sandbox, &form, name);
    let tokens = match required("grant_type")? {
        "authorization_code" => {
            only(sandbox, &form, &["client_key", "client_secret", "grant_type", "code", "redirect_uri"])?;
            let (code, redirect_uri) = (required("code")?, required("redirect_uri")?);
            match code.strip_suffix(CODE_END) {
                Some(code) => {
                    let exchange = Exchange { client_id: &app.client_id, code, redirect_uri, verifier: None };
                    code::redeem(sandbox, &OAUTH, &exchange).await?
                }
                None => Err(Refused::Code),
            }
        }
        "refresh_token" => {
            only(sandbox, &form, &["client_key", "client_secret", "grant_type", "refresh_token"])?;
            grant::rotate(sandbox, &OAUTH, &app.client_id, required("refresh_token")?).await?
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
    let form = form(sandbox, request)?;
    let app = authenticate(sandbox, &form)?;
    only(sandbox, &form, &["client_key", "client_secret", "token"])?;
    let token = required(sandbox, &form, "token")?;
    match grant::find(sandbox, &OAUTH, token).await? {
        Some(known) if known.grant.client_id == app.client_id => {
            grant::kill(sandbox, &OAUTH, &known.id).await?;
            Ok(Reply::new(Bytes::new()))
        }
        _ => refuse(sandbox, "invalid_request", "Access token is invalid."),
    }
}

fn form(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Fields, Stop> {
    let content_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    if !content_type.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let message = "Only `application/x-www-form-urlencoded` is accepted as Content-Type.";
        return refuse(sandbox, "invalid_request", message);
    }
    match Fields::read(request.body()) {
        Ok(form) => Ok(form),
        Err(repeated) => refuse(sandbox, "invalid_request", &format!("The parameter {} is repeated.", repeated.0)),
    }
}

fn authenticate<'a>(sandbox: &'a Sandbox, form: &Fields) -> Result<&'a App, Stop> {
    let key = required(sandbox, form, "client_key")?;
    let secret = required(sandbox, form, "client_secret")?;
    match oauth::app(sandbox, key).filter(|app| app.client_secret == secret) {
        Some(app) => Ok(app),
        None => refuse(sandbox, "invalid_client", "Client key or secret is incorrect."),
    }
}

fn required<'a>(sandbox: &Sandbox, form: &'a Fields, name: &str) -> Result<&'a str, Stop> {
    match form.get(name) {
        Some(value) => Ok(value),
        None => refuse(sandbox, "invalid_request", &format!("The parameter {name} is missing.")),
    }
}

fn only(sandbox: &Sandbox, form: &Fields, known: &[&str]) -> Result<(), Stop> {
    match form.other_than(known) {
        Some((name, _)) => refuse(sandbox, "invalid_request", &format!("The parameter {name} is unknown.")),
        None => Ok(()),
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
