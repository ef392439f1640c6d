//! Authorization codes. A code is valid once, and its second use revokes the grant.

use serde::{Deserialize, Serialize};

use super::{
    authorization_server::TokenPolicy,
    endpoint::AuthorizationRequest,
    grant::{self, Grant},
    token::{self, TokenError, Tokens},
};
use crate::{
    context::Context,
    error::Error,
    secret,
    spec::Spec,
    store::{Committed, Key, Update, Value, Write},
};

#[derive(Serialize, Deserialize)]
struct CodeItem {
    client_id: String,
    redirect_uri: String,
    challenge: Option<String>,
    scope: String,
    account: String,
    /// The id of the grant that the exchange creates. It is chosen with the code, so that a second use of the code
    /// finds the grant.
    grant: String,
    expires_at: i64,
    used: bool,
}

/// A request to exchange a code for tokens.
pub(crate) struct CodeExchange<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) code: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) verifier: Option<&'a str>,
}

fn key(spec: &Spec, code: &str) -> Key {
    Key::new(format!("{}#code#{}", spec.key, secret::fingerprint(code)), "code")
}

/// Issues a code for an account (its id) that granted `scope`.
pub(crate) async fn issue(
    context: &Context,
    policy: &TokenPolicy,
    request: &AuthorizationRequest<'_>,
    account: &str,
    scope: &str,
) -> Result<String, Error> {
    let code = secret::token()?;
    let item = CodeItem {
        client_id: request.app.client_id.clone(),
        redirect_uri: request.redirect_uri.to_owned(),
        challenge: request.challenge.map(str::to_owned),
        scope: scope.to_owned(),
        account: account.to_owned(),
        grant: secret::token()?,
        expires_at: context.now().timestamp() + policy.code_lifetime,
        used: false,
    };
    let write = Write::put(key(policy.spec, &code), &item)?;
    context.store.commit(vec![write]).await?;
    Ok(code)
}

/// Exchanges a code for the first tokens of its grant.
pub(crate) async fn exchange(
    context: &Context,
    policy: &TokenPolicy,
    exchange: &CodeExchange<'_>,
) -> Result<Result<Tokens, TokenError>, Error> {
    let (now, spec) = (context.now(), policy.spec);
    let Some(item) = context.store.get::<CodeItem>(key(spec, exchange.code)).await? else {
        return Ok(Err(TokenError::Code));
    };
    if item.client_id != exchange.client_id {
        return Ok(Err(TokenError::Code));
    }
    if item.used {
        grant::revoke(context, spec, &item.grant).await?;
        return Ok(Err(TokenError::Code));
    }
    if now.timestamp() >= item.expires_at {
        return Ok(Err(TokenError::Code));
    }
    if item.redirect_uri != exchange.redirect_uri {
        return Ok(Err(TokenError::RedirectUri));
    }
    if item.challenge != exchange.verifier.map(secret::challenge) {
        return Ok(Err(TokenError::Verifier));
    }
    let grant = Grant { client_id: item.client_id, account: item.account, scope: item.scope, alive: true };
    // Of concurrent exchanges of the code, the condition lets one pass.
    let mark_used = Update::new(key(spec, exchange.code), "SET #used = :yes")
        .only_if("#used = :no")
        .with(":yes", Value::Bool(true))
        .with(":no", Value::Bool(false));
    let create = Write::put(grant::key(spec, &item.grant), &grant)?;
    let (tokens, mut writes) = token::issue(spec, &item.grant, &grant, &(policy.lifetimes)(&grant), now)?;
    writes.extend([mark_used.into(), create]);
    match context.store.commit(writes).await? {
        Committed::Written => Ok(Ok(tokens)),
        Committed::ConditionFailed => {
            grant::revoke(context, spec, &item.grant).await?;
            Ok(Err(TokenError::Code))
        }
    }
}
