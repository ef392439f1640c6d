//! `POST /oauth/token` and `POST /oauth/revoke`.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::{
    dpop::{self, Server},
    form::Form,
    oauth::POLICY,
    oauth_error::refuse,
    once,
    spec::SPEC,
};
use crate::{
    context::Context,
    oauth::{
        code::{self, CodeExchange},
        grant,
        token::{self, TokenError, Tokens},
    },
    reply::{self, Reply, Stop},
    secret,
};

pub(super) async fn exchange(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let known = ["grant_type", "code", "redirect_uri", "code_verifier", "refresh_token"];
    let form = Form::read(context, request, &known).await?;
    let required = |name| form.required(context, name);
    let tokens = match required("grant_type")? {
        "authorization_code" => {
            let verifier = required("code_verifier")?;
            let exchange = CodeExchange {
                client_id: &form.holder,
                code: required("code")?,
                redirect_uri: required("redirect_uri")?,
                verifier: Some(verifier),
            };
            let tokens = code::exchange(context, &POLICY, &exchange).await?;
            // A challenge is for one session. <https://atproto.com/specs/oauth#proof-key-for-code-exchange-pkce>
            if tokens.is_ok() && !once::accept(context, "challenge", &secret::challenge(verifier)).await? {
                return refuse(context, "invalid_grant", "The code challenge was used before");
            }
            tokens
        }
        "refresh_token" => token::refresh(context, &POLICY, &form.holder, required("refresh_token")?).await?,
        _ => return refuse(context, "unsupported_grant_type", "The grant type is not supported"),
    };
    match tokens {
        Ok(tokens) => granted(context, &tokens),
        Err(TokenError::Code) => refuse(context, "invalid_grant", "The code is invalid, used, or another client's"),
        Err(TokenError::RedirectUri) => refuse(context, "invalid_grant", "The redirect_uri is not that of the code"),
        Err(TokenError::Verifier) => refuse(context, "invalid_grant", "The code_verifier does not match the challenge"),
        Err(TokenError::RefreshToken) => {
            refuse(context, "invalid_grant", "The refresh token is invalid, used, or another session's")
        }
        Err(TokenError::Revoked) => refuse(context, "invalid_grant", "The session has been revoked"),
    }
}

fn granted(context: &Context, tokens: &Tokens) -> Result<Reply, Stop> {
    let body = json!({
        "access_token": tokens.access,
        "token_type": "DPoP",
        "refresh_token": tokens.refresh,
        "expires_in": tokens.expires_in,
        "scope": tokens.scope,
        "sub": tokens.account,
    });
    Ok(dpop::mark(context, Server::Authorization, reply::json(StatusCode::OK, &body))?)
}

/// Ends the session of a token. An unknown token is no error (RFC 7009, section 2.2).
pub(super) async fn revoke(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let form = Form::read(context, request, &["token", "token_type_hint"]).await?;
    let named = form.required(context, "token")?;
    match token::find(context, &SPEC, named).await? {
        Some(access) if access.grant.client_id == form.holder => {
            grant::revoke(context, &SPEC, &access.grant_id).await?;
        }
        _ => token::revoke(context, &SPEC, &form.holder, named).await?,
    }
    Ok(dpop::mark(context, Server::Authorization, reply::json(StatusCode::OK, &json!({})))?)
}
