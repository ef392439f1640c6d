//! `POST /oauth/par`: a pushed authorization request (RFC 9126). It is valid for five minutes and used once.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    account,
    dpop::{self, Server},
    form::Form,
    oauth_error::refuse,
    scope,
};
use crate::{
    context::Context,
    error::Error,
    reply::{self, Reply, Stop},
    secret,
    store::{Key, Update, Updated, Value, Write},
};

/// In seconds.
const LIFETIME: i64 = 5 * 60;
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:req-";
/// The length of a SHA-256 in base64url without padding (RFC 7636).
const CHALLENGE_LENGTH: usize = 43;

const PARAMETERS: &[&str] =
    &["response_type", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method", "login_hint"];

#[derive(Serialize, Deserialize)]
pub(super) struct PushedRequest {
    pub(super) client_id: String,
    /// The client and its keys: see `form`.
    pub(super) holder: String,
    pub(super) redirect_uri: String,
    pub(super) scope: String,
    pub(super) state: String,
    pub(super) challenge: String,
    /// The id of the only account that may authorize.
    pub(super) account: Option<String>,
    expires_at: i64,
    used: bool,
}

pub(super) async fn push(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let form = Form::read(context, request, PARAMETERS).await?;
    let required = |name| form.required(context, name);
    if required("response_type")? != "code" {
        return refuse(context, "unsupported_response_type", "response_type must be code");
    }
    let redirect_uri = required("redirect_uri")?;
    if !form.client.admits(redirect_uri) {
        return refuse(context, "invalid_request", "The client has not declared this redirect_uri");
    }
    let scope = required("scope")?;
    if !scope::has_atproto(scope) {
        return refuse(context, "invalid_scope", "The scope must include atproto");
    }
    if let Some(invalid) = scope::invalid(scope) {
        return refuse(context, "invalid_scope", &format!("The scope {invalid} is not valid"));
    }
    if let Some(undeclared) = form.client.undeclared(scope) {
        return refuse(context, "invalid_scope", &format!("The client has not declared the scope {undeclared}"));
    }
    let challenge = required("code_challenge")?;
    let base64url = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_hash = challenge.len() == CHALLENGE_LENGTH && challenge.chars().all(base64url);
    if required("code_challenge_method")? != "S256" || !is_hash {
        return refuse(context, "invalid_request", "The code_challenge must be a SHA-256 in base64url, by S256");
    }
    let hinted = form.fields.get("login_hint").map(account::named);
    if matches!(hinted, Some(None)) {
        return refuse(context, "invalid_request", "The login_hint is not an account of this server");
    }
    let pushed = PushedRequest {
        client_id: form.client.id.clone(),
        holder: form.holder.clone(),
        redirect_uri: redirect_uri.to_owned(),
        scope: scope.to_owned(),
        state: required("state")?.to_owned(),
        challenge: challenge.to_owned(),
        account: hinted.flatten().map(|account| account.id.to_owned()),
        expires_at: context.now().timestamp() + LIFETIME,
        used: false,
    };
    let uri = format!("{PREFIX}{}", secret::token()?);
    context.store.commit(vec![Write::put(key(&uri), &pushed)?]).await?;
    let body = json!({ "request_uri": uri, "expires_in": LIFETIME });
    Ok(dpop::mark(context, Server::Authorization, reply::json(StatusCode::CREATED, &body))?)
}

fn key(uri: &str) -> Key {
    Key::new(format!("bluesky#pushed#{}", secret::fingerprint(uri)), "pushed")
}

/// The request of this URI, if it is this client's and can still be used.
pub(super) async fn find(context: &Context, uri: &str, client_id: &str) -> Result<Option<PushedRequest>, Error> {
    let found = context.store.get::<PushedRequest>(key(uri)).await?;
    let now = context.now().timestamp();
    Ok(found.filter(|pushed| !pushed.used && now < pushed.expires_at && pushed.client_id == client_id))
}

/// Marks a request as used; false if it was used before.
pub(super) async fn consume(context: &Context, uri: &str) -> Result<bool, Error> {
    let used = context
        .store
        .update::<PushedRequest>(|| {
            Update::new(key(uri), "SET #used = :yes")
                .only_if("#used = :no")
                .with(":yes", Value::Bool(true))
                .with(":no", Value::Bool(false))
        })
        .await?;
    Ok(matches!(used, Updated::Written(_)))
}
