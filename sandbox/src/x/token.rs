//! `POST /2/oauth2/token` and `POST /2/oauth2/revoke`, for a confidential client: it authenticates
//! with HTTP Basic and in no other way. Errors are RFC 6749's shape, in X's words.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::X;
use crate::{
    App, Sandbox, authorization,
    oauth::{
        self, Refused, Tokens,
        code::{self, Exchange},
        form::{Form, Wrong},
        grant,
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
pub(crate) async fn exchange(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let form = Form::read(request).map_err(told)?;
    let app = authenticate(sandbox, request, &form)?;
    let tokens = match form.required("grant_type").map_err(told)? {
        "authorization_code" => {
            form.only(&["grant_type", "code", "redirect_uri", "code_verifier", "client_id"]).map_err(told)?;
            let exchange = Exchange {
                client_id: &app.client_id,
                code: form.required("code").map_err(told)?,
                redirect_uri: form.required("redirect_uri").map_err(told)?,
                verifier: Some(form.required("code_verifier").map_err(told)?),
            };
            code::redeem::<X>(sandbox, &exchange).await?
        }
        "refresh_token" => {
            form.only(&["grant_type", "refresh_token", "client_id"]).map_err(told)?;
            let token = form.required("refresh_token").map_err(told)?;
            grant::rotate::<X>(sandbox, &app.client_id, token).await?
        }
        _ => {
            return stop(invalid(
                "Value passed for the grant type was invalid. Grant type should be one of [authorization_code, refresh_token].",
            ));
        }
    };
    Ok(match tokens {
        Ok(tokens) => granted(tokens),
        Err(Refused::Code) => invalid("Value passed for the authorization code was invalid."),
        Err(Refused::RedirectUri) => {
            invalid("Value passed for the redirect uri did not match the uri of the authorization code.")
        }
        Err(Refused::Verifier) => invalid("Value passed for the code verifier did not match the code challenge."),
        Err(Refused::RefreshToken) => invalid("Value passed for the token was invalid."),
        Err(Refused::Withdrawn) => {
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
pub(crate) async fn revoke(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let form = Form::read(request).map_err(told)?;
    let app = authenticate(sandbox, request, &form)?;
    form.only(&["token", "token_type_hint", "client_id"]).map_err(told)?;
    let token = form.required("token").map_err(told)?;
    if let Some(hint) = form.get("token_type_hint")
        && !["access_token", "refresh_token"].contains(&hint)
    {
        return stop(error(
            StatusCode::BAD_REQUEST,
            "unsupported_token_type",
            "Value passed for the token type hint was invalid.",
        ));
    }
    grant::revoke::<X>(sandbox, &app.client_id, token).await?;
    Ok(reply::json(StatusCode::OK, &json!({ "revoked": true })))
}

/// X's words for a form that is wrong.
fn told(wrong: Wrong) -> Stop {
    Stop::With(Box::new(invalid(&match wrong {
        Wrong::NoForm => "The request must be of the content type application/x-www-form-urlencoded.".to_owned(),
        Wrong::Repeated(name) => format!("Repeated parameter [{name}]."),
        Wrong::Missing(name) => format!("Missing required parameter [{name}]."),
        Wrong::Unknown(name) => format!("Unknown parameter [{name}]."),
    })))
}

/// The app that authenticates with Basic. A wrong secret is answered like a missing header, as X does.
fn authenticate<'a>(sandbox: &'a Sandbox, request: &Request<Bytes>, form: &Form) -> Result<&'a App, Stop> {
    let unauthorized = || error(StatusCode::UNAUTHORIZED, "unauthorized_client", "Missing valid authorization header");
    let Some((id, secret)) = authorization::basic(request) else {
        return stop(unauthorized());
    };
    let Some(app) = oauth::app(sandbox, &id) else {
        return stop(error(StatusCode::UNAUTHORIZED, "invalid_client", "Value passed for the client id was invalid."));
    };
    // RFC 6749, 2.3: one way of authenticating a request, never two.
    if app.client_secret != secret || form.get("client_secret").is_some() {
        return stop(unauthorized());
    }
    if form.get("client_id").is_some_and(|named| named != id) {
        return stop(invalid("Value passed for the client id was invalid."));
    }
    Ok(app)
}
