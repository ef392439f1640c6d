//! `POST /2/oauth2/token` and `POST /2/oauth2/revoke`, for a confidential client: it authenticates
//! with HTTP Basic and in no other way. Errors are RFC 6749's shape, in X's words.

use bytes::Bytes;
use data_encoding::BASE64;
use http::{Request, StatusCode, header};
use serde_json::json;

use super::OAUTH;
use crate::{
    App, Sandbox,
    fields::Fields,
    oauth::{
        self, Refused, Tokens,
        code::{self, Exchange},
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
    let form = form(request)?;
    let app = authenticate(sandbox, request, &form)?;
    let tokens = match required(&form, "grant_type")? {
        "authorization_code" => {
            only(&form, &["grant_type", "code", "redirect_uri", "code_verifier", "client_id"])?;
            let exchange = Exchange {
                client_id: &app.client_id,
                code: required(&form, "code")?,
                redirect_uri: required(&form, "redirect_uri")?,
                verifier: Some(required(&form, "code_verifier")?),
            };
            code::redeem(sandbox, &OAUTH, &exchange).await?
        }
        "refresh_token" => {
            only(&form, &["grant_type", "refresh_token", "client_id"])?;
            let token = required(&form, "refresh_token")?;
            grant::rotate(sandbox, &OAUTH, &app.client_id, token).await?
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
    let form = form(request)?;
    let app = authenticate(sandbox, request, &form)?;
    only(&form, &["token", "token_type_hint", "client_id"])?;
    let token = required(&form, "token")?;
    if let Some(hint) = form.get("token_type_hint")
        && !["access_token", "refresh_token"].contains(&hint)
    {
        return stop(error(
            StatusCode::BAD_REQUEST,
            "unsupported_token_type",
            "Value passed for the token type hint was invalid.",
        ));
    }
    grant::revoke(sandbox, &OAUTH, &app.client_id, token).await?;
    Ok(reply::json(StatusCode::OK, &json!({ "revoked": true })))
}

fn form(request: &Request<Bytes>) -> Result<Fields, Stop> {
    let content_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    if !content_type.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return stop(invalid("The request must be of the content type application/x-www-form-urlencoded."));
    }
    match Fields::read(request.body()) {
        Ok(form) => Ok(form),
        Err(repeated) => stop(invalid(&format!("Repeated parameter [{}].", repeated.0))),
    }
}

/// The app that authenticates with Basic. A wrong secret is answered like a missing header, as X does.
fn authenticate<'a>(sandbox: &'a Sandbox, request: &Request<Bytes>, form: &Fields) -> Result<&'a App, Stop> {
    let unauthorized = || error(StatusCode::UNAUTHORIZED, "unauthorized_client", "Missing valid authorization header");
    let credentials = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|(_, encoded)| BASE64.decode(encoded.as_bytes()).ok())
        .and_then(|decoded| String::from_utf8(decoded).ok());
    let Some((id, secret)) = credentials.as_deref().and_then(|c| c.split_once(':')) else {
        return stop(unauthorized());
    };
    let Some(app) = oauth::app(sandbox, id) else {
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

fn required<'a>(form: &'a Fields, name: &str) -> Result<&'a str, Stop> {
    match form.get(name) {
        Some(value) => Ok(value),
        None => stop(invalid(&format!("Missing required parameter [{name}]."))),
    }
}

fn only(form: &Fields, known: &[&str]) -> Result<(), Stop> {
    match form.other_than(known) {
        Some((name, _)) => stop(invalid(&format!("Unknown parameter [{name}]."))),
        None => Ok(()),
    }
}
