//! What was granted, and the tokens made from it, each kept under the fingerprint of its secret. A
//! refresh token is rotated once; a second use kills the whole grant.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    account::{Account, Behavior},
    scope,
};
use crate::{
    Sandbox, secret,
    store::{Changed, Committed, Error, Key, Update, Value, Write},
};

#[derive(Serialize, Deserialize)]
pub(super) struct Grant {
    pub(super) client_id: String,
    pub(super) account: String,
    pub(super) scope: String,
    pub(super) alive: bool,
}

#[derive(Serialize, Deserialize)]
struct Access {
    grant: String,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct Refresh {
    grant: String,
    used: bool,
}

/// What the token endpoint hands out.
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: Option<String>,
    pub(crate) expires_in: i64,
    pub(crate) scope: String,
}

/// Who calls, with a good access token.
pub(crate) struct Caller {
    pub(crate) account: &'static Account,
    pub(crate) scope: String,
    pub(crate) grant: String,
}

/// Why the token endpoint refuses.
pub(crate) enum Refused {
    Code,
    RedirectUri,
    Verifier,
    RefreshToken,
    /// The account has withdrawn the app's access.
    Withdrawn,
}

pub(super) fn key(id: &str) -> Key {
    Key::new(format!("x#grant#{id}"), "grant")
}

fn access_key(token: &str) -> Key {
    Key::new(format!("x#access#{}", secret::fingerprint(token)), "access")
}

fn refresh_key(token: &str) -> Key {
    Key::new(format!("x#refresh#{}", secret::fingerprint(token)), "refresh")
}

/// Exchanges a refresh token for new tokens; the old one is dead from then on.
pub(crate) async fn rotate(sandbox: &Sandbox, client_id: &str, token: &str) -> Result<Result<Tokens, Refused>, Error> {
    let now = (sandbox.clock)();
    let Some(old) = sandbox.store.get::<Refresh>(refresh_key(token)).await? else {
        return Ok(Err(Refused::RefreshToken));
    };
    let Some(grant) = sandbox.store.get::<Grant>(key(&old.grant)).await? else {
        return Ok(Err(Refused::RefreshToken));
    };
    if grant.client_id != client_id {
        return Ok(Err(Refused::RefreshToken));
    }
    let behavior = Account::by_id(&grant.account).map(|account| account.behavior);
    if behavior == Some(Behavior::TokenDeadAtPublish) {
        kill(sandbox, &old.grant).await?;
        return Ok(Err(Refused::Withdrawn));
    }
    if old.used {
        kill(sandbox, &old.grant).await?;
    }
    if old.used || !grant.alive {
        return Ok(Err(Refused::RefreshToken));
    }
    // Two refreshes with the same token: only the first finds it unused, and the second is a replay.
    let spend = Update::new(refresh_key(token), "SET #used = :yes")
        .only_if("#used = :no")
        .with(":yes", Value::Bool(true))
        .with(":no", Value::Bool(false));
    // A grant that was killed meanwhile must not get tokens.
    let alive =
        Update::new(key(&old.grant), "SET #alive = :yes").only_if("#alive = :yes").with(":yes", Value::Bool(true));
    let (tokens, mut writes) = mint(&old.grant, &grant, now)?;
    writes.extend([spend.into(), alive.into()]);
    match sandbox.store.commit(writes).await? {
        Committed::Done => Ok(Ok(tokens)),
        Committed::Refused => {
            kill(sandbox, &old.grant).await?;
            Ok(Err(Refused::RefreshToken))
        }
    }
}

/// New tokens of a grant, and the writes that make them good.
pub(super) fn mint(id: &str, grant: &Grant, now: DateTime<Utc>) -> Result<(Tokens, Vec<Write>), Error> {
    let expires_in = Account::by_id(&grant.account).map_or(0, Account::access_lifetime);
    let access = secret::token()?;
    let item = Access { grant: id.to_owned(), expires_at: now.timestamp() + expires_in };
    let mut writes = vec![Write::put(access_key(&access), &item)?];
    let mut refresh = None;
    if scope::covers(&grant.scope, &[scope::OFFLINE]) {
        let token = secret::token()?;
        let item = Refresh { grant: id.to_owned(), used: false };
        writes.push(Write::put(refresh_key(&token), &item)?);
        refresh = Some(token);
    }
    let tokens = Tokens { access, refresh, expires_in, scope: grant.scope.clone() };
    Ok((tokens, writes))
}

/// Who holds this access token, if it is good.
pub(crate) async fn caller(sandbox: &Sandbox, token: &str) -> Result<Option<Caller>, Error> {
    let now = (sandbox.clock)();
    let Some(access) = sandbox.store.get::<Access>(access_key(token)).await? else {
        return Ok(None);
    };
    if now.timestamp() >= access.expires_at {
        return Ok(None);
    }
    let grant = sandbox.store.get::<Grant>(key(&access.grant)).await?;
    Ok(grant.filter(|grant| grant.alive).and_then(|grant| {
        Some(Caller { account: Account::by_id(&grant.account)?, scope: grant.scope, grant: access.grant })
    }))
}

/// Ends a grant, and with it every token that was made from it.
pub(crate) async fn kill(sandbox: &Sandbox, id: &str) -> Result<(), Error> {
    let dead: Changed<Grant> = sandbox
        .store
        .change(|| {
            Update::new(key(id), "SET #alive = :no").only_if("attribute_exists(pk)").with(":no", Value::Bool(false))
        })
        .await?;
    // A code that raced with its own second use has no grant yet, and will not get one.
    if let Changed::Refused(_) = dead {
        tracing::debug!("there was no grant to end");
    }
    Ok(())
}

/// Revokes a token of this client: a refresh token ends its grant, an access token only itself.
pub(crate) async fn revoke(sandbox: &Sandbox, client_id: &str, token: &str) -> Result<(), Error> {
    if let Some(refresh) = sandbox.store.get::<Refresh>(refresh_key(token)).await? {
        let grant = sandbox.store.get::<Grant>(key(&refresh.grant)).await?;
        if grant.is_some_and(|grant| grant.client_id == client_id) {
            kill(sandbox, &refresh.grant).await?;
        }
    } else if let Some(access) = sandbox.store.get::<Access>(access_key(token)).await? {
        let grant = sandbox.store.get::<Grant>(key(&access.grant)).await?;
        if grant.is_some_and(|grant| grant.client_id == client_id) {
            let dead = Access { expires_at: 0, ..access };
            let write = Write::put(access_key(token), &dead)?;
            sandbox.store.commit(vec![write]).await?;
        }
    }
    Ok(())
}
