//! Access tokens and refresh tokens. The table keeps each under its fingerprint. A refresh token is valid once, and
//! its second use revokes the grant.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    authorization_server::TokenPolicy,
    grant::{self, Grant},
    lifetimes::{Lifetimes, RefreshLifetime},
};
use crate::{
    context::Context,
    error::Error,
    secret,
    spec::Spec,
    store::{Committed, Key, Update, Value, Write},
};

/// A response of the token endpoint.
pub(crate) struct Tokens {
    pub(crate) access: String,
    /// In seconds.
    pub(crate) expires_in: i64,
    pub(crate) refresh: Option<String>,
    /// The account's id.
    pub(crate) account: String,
    /// The granted scopes, with the platform's separator.
    pub(crate) scope: String,
}

/// Why the token endpoint refuses a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenError {
    Code,
    RedirectUri,
    Verifier,
    RefreshToken,
    /// The grant is revoked.
    Revoked,
}

#[derive(Serialize, Deserialize)]
struct AccessItem {
    grant: String,
    /// Seconds since the epoch, like all times in this module.
    #[serde(default)]
    issued_at: i64,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct RefreshItem {
    grant: String,
    used: bool,
    expires_at: Option<i64>,
}

/// An access token that was issued. It may be expired or revoked.
pub(crate) struct IssuedToken {
    pub(crate) grant_id: String,
    pub(crate) grant: Grant,
    pub(crate) issued_at: i64,
    pub(crate) expires_at: i64,
}

impl IssuedToken {
    pub(crate) fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.grant.alive && now.timestamp() < self.expires_at
    }
}

fn access_key(spec: &Spec, token: &str) -> Key {
    Key::new(format!("{}#access#{}", spec.key, secret::fingerprint(token)), "access")
}

fn refresh_key(spec: &Spec, token: &str) -> Key {
    Key::new(format!("{}#refresh#{}", spec.key, secret::fingerprint(token)), "refresh")
}

/// Exchanges a refresh token for new tokens and invalidates it.
pub(crate) async fn refresh(
    context: &Context,
    policy: &TokenPolicy,
    client_id: &str,
    token: &str,
) -> Result<Result<Tokens, TokenError>, Error> {
    let (now, spec) = (context.now(), policy.spec);
    let Some(item) = context.store.get::<RefreshItem>(refresh_key(spec, token)).await? else {
        return Ok(Err(TokenError::RefreshToken));
    };
    let Some(grant) = context.store.get::<Grant>(grant::key(spec, &item.grant)).await? else {
        return Ok(Err(TokenError::RefreshToken));
    };
    if grant.client_id != client_id {
        return Ok(Err(TokenError::RefreshToken));
    }
    if spec.revokes_access(&grant.account) {
        grant::revoke(context, spec, &item.grant).await?;
        return Ok(Err(TokenError::Revoked));
    }
    if item.used {
        grant::revoke(context, spec, &item.grant).await?;
    }
    let expired = item.expires_at.is_some_and(|at| now.timestamp() >= at);
    if item.used || expired || !grant.alive {
        return Ok(Err(TokenError::RefreshToken));
    }
    // Of concurrent uses of the token, the condition lets one pass. The others count as a second use.
    let mark_used = Update::new(refresh_key(spec, token), "SET #used = :yes")
        .only_if("#used = :no")
        .with(":yes", Value::Bool(true))
        .with(":no", Value::Bool(false));
    let (tokens, mut writes) = issue(spec, &item.grant, &grant, &(policy.lifetimes)(&grant), now)?;
    writes.extend([mark_used.into(), grant::unless_revoked(spec, &item.grant)]);
    match context.store.commit(writes).await? {
        Committed::Written => Ok(Ok(tokens)),
        Committed::ConditionFailed => {
            grant::revoke(context, spec, &item.grant).await?;
            Ok(Err(TokenError::RefreshToken))
        }
    }
}

/// Issues another access token for the grant of `token`, unless the grant is revoked.
pub(crate) async fn issue_another(
    context: &Context,
    spec: &Spec,
    token: &IssuedToken,
    lifetimes: &Lifetimes,
    issued: DateTime<Utc>,
) -> Result<Result<Tokens, TokenError>, Error> {
    let (tokens, mut writes) = issue(spec, &token.grant_id, &token.grant, lifetimes, issued)?;
    writes.push(grant::unless_revoked(spec, &token.grant_id));
    Ok(match context.store.commit(writes).await? {
        Committed::Written => Ok(tokens),
        Committed::ConditionFailed => Err(TokenError::Revoked),
    })
}

/// Creates tokens for a grant, and the writes that store them.
pub(super) fn issue(
    spec: &Spec,
    grant_id: &str,
    grant: &Grant,
    lifetimes: &Lifetimes,
    now: DateTime<Utc>,
) -> Result<(Tokens, Vec<Write>), Error> {
    let access = secret::token()?;
    let issued_at = now.timestamp();
    let item = AccessItem { grant: grant_id.to_owned(), issued_at, expires_at: issued_at + lifetimes.access };
    let mut writes = vec![Write::put(access_key(spec, &access), &item)?];
    let expires_at = match lifetimes.refresh {
        RefreshLifetime::NotIssued => None,
        RefreshLifetime::UntilUsed => Some(None),
        RefreshLifetime::Seconds(seconds) => Some(Some(issued_at + seconds)),
    };
    let mut refresh = None;
    if let Some(expires_at) = expires_at {
        let token = secret::token()?;
        let item = RefreshItem { grant: grant_id.to_owned(), used: false, expires_at };
        writes.push(Write::put(refresh_key(spec, &token), &item)?);
        refresh = Some(token);
    }
    let (account, scope) = (grant.account.clone(), grant.scope.clone());
    Ok((Tokens { access, expires_in: lifetimes.access, refresh, account, scope }, writes))
}

/// Finds an access token.
pub(crate) async fn find(context: &Context, spec: &Spec, token: &str) -> Result<Option<IssuedToken>, Error> {
    let Some(AccessItem { grant: grant_id, issued_at, expires_at }) =
        context.store.get(access_key(spec, token)).await?
    else {
        return Ok(None);
    };
    let grant = context.store.get::<Grant>(grant::key(spec, &grant_id)).await?;
    Ok(grant.map(|grant| IssuedToken { grant_id, grant, issued_at, expires_at }))
}

/// Revokes a token of this client: a refresh token with its whole grant, an access token alone.
pub(crate) async fn revoke(context: &Context, spec: &Spec, client_id: &str, token: &str) -> Result<(), Error> {
    if let Some(refresh) = context.store.get::<RefreshItem>(refresh_key(spec, token)).await? {
        let grant = context.store.get::<Grant>(grant::key(spec, &refresh.grant)).await?;
        if grant.is_some_and(|grant| grant.client_id == client_id) {
            grant::revoke(context, spec, &refresh.grant).await?;
        }
    } else if let Some(access) = context.store.get::<AccessItem>(access_key(spec, token)).await? {
        let grant = context.store.get::<Grant>(grant::key(spec, &access.grant)).await?;
        if grant.is_some_and(|grant| grant.client_id == client_id) {
            let expired = AccessItem { expires_at: 0, ..access };
            let write = Write::put(access_key(spec, token), &expired)?;
            context.store.commit(vec![write]).await?;
        }
    }
    Ok(())
}
