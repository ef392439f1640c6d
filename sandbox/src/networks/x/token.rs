//! `POST /2/oauth2/token` and `POST /2/oauth2/revoke`. Clients authenticate with HTTP Basic only. Errors have the
//! format of RFC 6749 and X's texts.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::{oauth::OAUTH, spec::SPEC};
use crate::{
    authorization,
    config::App,
    context::Context,
    oauth::{
        code::{self, CodeExchange},
        token::{self, TokenError, Tokens},
        token_form::{FormError, TokenForm},
    },
    reply::{self, Reply, Stop, stop},
};

fn error(status: StatusCode, error: &str, description: &str) -> Reply {
    reply::json(status, &json!({ "error": error, "error_description": description }))
}

fn invalid(description: &str) -> Reply {
    error(StatusCode::BAD_REQUEST, "invalid_request", description)
}

/// `POST /api.x.com/2/oauth2/token`
pub(crate) async fn exchange(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let form = TokenForm::read(request).map_err(refuse_form)?;
    let app = authenticate(context, request, &form)?;
    let tokens = match form.required("grant_type").map_err(refuse_form)? {
        "authorization_code" => {
            form.only(&["grant_type", "code", "redirect_uri", "code_verifier", "client_id"]).map_err(refuse_form)?;
            let exchange = CodeExchange {
                client_id: &app.client_id,
                code: form.required("code").map_err(refuse_form)?,
                redirect_uri: form.required("redirect_uri").map_err(refuse_form)?,
                verifier: Some(form.required("code_verifier").map_err(refuse_form)?),
            };
            code::exchange(context, &OAUTH.tokens, &exchange).await?
        }
        "refresh_token" => {
            form.only(&["grant_type", "refresh_token", "client_id"]).map_err(refuse_form)?;
            let token = form.required("refresh_token").map_err(refuse_form)?;
            token::refresh(context, &OAUTH.tokens, &app.client_id, token).await?
        }
        _ => {
            return stop(invalid(
                "Value passed for the grant type was invalid. Grant type should be one of [authorization_code, refresh_token].",
            ));
        }
    };
    Ok(match tokens {
        Ok(tokens) => granted(tokens),
        Err(TokenError::Code) => invalid("Value passed for the authorization code was invalid."),
        Err(TokenError::RedirectUri) => {
            invalid("Value passed for the redirect uri did not match the uri of the authorization code.")
        }
        Err(TokenError::Verifier) => invalid("Value passed for the code verifier did not match the code challenge."),
        Err(TokenError::RefreshToken) => invalid("Value passed for the token was invalid."),
        Err(TokenError::Revoked) => {
            error(StatusCode::BAD_REQUEST, "invalid_grant", "Value passed for the token was invalid.")
        }
    })
}

fn granted(tokens: Tokens) -> Reply {
    let mut body = json!({
        "token_type": "bearer",
        "expires_in": tokens.expires_in,
        "access_token": tokens.access,
        "scope": tokens.scope,
    });
    if let Some(refresh) = tokens.refresh {
        body["refresh_token"] = refresh.into();
    }
    reply::json(StatusCode::OK, &body)
}

/// `POST /api.x.com/2/oauth2/revoke`
pub(crate) async fn revoke(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let form = TokenForm::read(request).map_err(refuse_form)?;
    let app = authenticate(context, request, &form)?;
    form.only(&["token", "token_type_hint", "client_id"]).map_err(refuse_form)?;
    let token = form.required("token").map_err(refuse_form)?;
    if let Some(hint) = form.get("token_type_hint")
        && !["access_token", "refresh_token"].contains(&hint)
    {
        return stop(error(
            StatusCode::BAD_REQUEST,
            "unsupported_token_type",
            "Value passed for the token type hint was invalid.",
        ));
    }
    token::revoke(context, &SPEC, &app.client_id, token).await?;
    Ok(reply::json(StatusCode::OK, &json!({ "revoked": true })))
}

/// X's text for an invalid form.
fn refuse_form(error: FormError) -> Stop {
    Stop::Reply(Box::new(invalid(&match error {
        FormError::NotAForm => "The request must be of the content type application/x-www-form-urlencoded.".to_owned(),
        FormError::Repeated(name) => format!("Repeated parameter [{name}]."),
        FormError::Missing(name) => format!("Missing required parameter [{name}]."),
        FormError::Unknown(name) => format!("Unknown parameter [{name}]."),
    })))
}

/// The app. X answers a wrong secret like a missing header.
fn authenticate<'a>(context: &'a Context, request: &Request<Bytes>, form: &TokenForm) -> Result<&'a App, Stop> {
    let unauthorized = || error(StatusCode::UNAUTHORIZED, "unauthorized_client", "Missing valid authorization header");
    let Some((id, secret)) = authorization::basic(request) else {
        return stop(unauthorized());
    };
    let Some(app) = context.app(&id) else {
        return stop(error(StatusCode::UNAUTHORIZED, "invalid_client", "Value passed for the client id was invalid."));
    };
    // A request must not use two methods of authentication (RFC 6749, section 2.3).
    if app.client_secret != secret || form.get("client_secret").is_some() {
        return stop(unauthorized());
    }
    if form.get("client_id").is_some_and(|named| named != id) {
        return stop(invalid("Value passed for the client id was invalid."));
    }
    Ok(app)
}
