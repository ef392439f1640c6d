//! `POST /v2/oauth/token/` and `POST /v2/oauth/revoke/`. Apps authenticate with parameters of the
//! form.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::{
    account::open_id,
    answer,
    oauth::{CODE_SUFFIX, OAUTH, REFRESH_LIFETIME},
    spec::SPEC,
};
use crate::{
    config::App,
    context::Context,
    error::Error,
    oauth::{
        code::{self, CodeExchange},
        grant,
        token::{self, TokenError, Tokens},
        token_form::{FormError, TokenForm},
    },
    reply::{self, Reply, Stop, stop},
};

/// `POST /v2/oauth/token/`
pub(crate) async fn exchange(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let to_reply = |error| form_error(context, error);
    let form = TokenForm::read(request).map_err(to_reply)?;
    let app = authenticate(context, &form)?;
    let required = |name| form.required(name).map_err(to_reply);
    let tokens = match required("grant_type")? {
        "authorization_code" => {
            form.only(&["client_key", "client_secret", "grant_type", "code", "redirect_uri"]).map_err(to_reply)?;
            let (code, redirect_uri) = (required("code")?, required("redirect_uri")?);
            match code.strip_suffix(CODE_SUFFIX) {
                Some(code) => {
                    let exchange = CodeExchange { client_id: &app.client_id, code, redirect_uri, verifier: None };
                    code::exchange(context, &OAUTH.tokens, &exchange).await?
                }
                None => Err(TokenError::Code),
            }
        }
        "refresh_token" => {
            form.only(&["client_key", "client_secret", "grant_type", "refresh_token"]).map_err(to_reply)?;
            token::refresh(context, &OAUTH.tokens, &app.client_id, required("refresh_token")?).await?
        }
        _ => return refuse(context, "unsupported_grant_type", "The grant type is not supported."),
    };
    match tokens {
        Ok(tokens) => Ok(granted(app, &tokens)),
        Err(TokenError::RefreshToken | TokenError::Revoked) => {
            refuse(context, "invalid_grant", "Refresh token is invalid or expired.")
        }
        Err(TokenError::RedirectUri) => {
            refuse(context, "invalid_request", "Redirect_uri is not matched with the uri when requesting code.")
        }
        Err(TokenError::Code | TokenError::Verifier) => {
            refuse(context, "invalid_grant", "Authorization code is invalid or expired.")
        }
    }
}

fn granted(app: &App, tokens: &Tokens) -> Reply {
    let open_id = SPEC.account_by_id(&tokens.account).map(|account| open_id(account, &app.client_id));
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

/// `POST /v2/oauth/revoke/`: revokes the grant of the token. The answer is empty.
pub(crate) async fn revoke(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let to_reply = |error| form_error(context, error);
    let form = TokenForm::read(request).map_err(to_reply)?;
    let app = authenticate(context, &form)?;
    form.only(&["client_key", "client_secret", "token"]).map_err(to_reply)?;
    let token = form.required("token").map_err(to_reply)?;
    match token::find(context, &SPEC, token).await? {
        Some(issued) if issued.grant.client_id == app.client_id => {
            grant::revoke(context, &SPEC, &issued.grant_id).await?;
            Ok(Reply::new(Bytes::new()))
        }
        _ => refuse(context, "invalid_request", "Access token is invalid."),
    }
}

/// TikTok's text for an invalid form.
fn form_error(context: &Context, error: FormError) -> Stop {
    let description = match error {
        FormError::NotAForm => "Only `application/x-www-form-urlencoded` is accepted as Content-Type.".to_owned(),
        FormError::Repeated(name) => format!("The parameter {name} is repeated."),
        FormError::Missing(name) => format!("The parameter {name} is missing."),
        FormError::Unknown(name) => format!("The parameter {name} is unknown."),
    };
    match refusal(context, "invalid_request", &description) {
        Ok(reply) => Stop::Reply(Box::new(reply)),
        Err(error) => error.into(),
    }
}

fn authenticate<'a>(context: &'a Context, form: &TokenForm) -> Result<&'a App, Stop> {
    let to_reply = |error| form_error(context, error);
    let key = form.required("client_key").map_err(to_reply)?;
    let secret = form.required("client_secret").map_err(to_reply)?;
    match context.app(key).filter(|app| app.client_secret == secret) {
        Some(app) => Ok(app),
        None => refuse(context, "invalid_client", "Client key or secret is incorrect."),
    }
}

fn refuse<T>(context: &Context, error: &str, description: &str) -> Result<T, Stop> {
    stop(refusal(context, error, description)?)
}

/// An OAuth error. TikTok documents no status for it; its users report 200.
fn refusal(context: &Context, error: &str, description: &str) -> Result<Reply, Error> {
    let body = json!({ "error": error, "error_description": description, "log_id": answer::log_id(context)? });
    Ok(reply::json(StatusCode::OK, &body))
}
