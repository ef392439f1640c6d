//! What was granted, and the tokens made from it, each kept under the fingerprint of its secret. A
//! refresh token is rotated once; a second use kills the whole grant.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Refresh, Refused, Terms, Tokens};
use crate::{
    Sandbox,
    account::withdrawn,
    network::Network,
    secret,
    store::{Changed, Committed, Error, Key, Update, Value, Write},
};

#[derive(Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    /// The account's id.
    pub(crate) account: String,
    pub(crate) scope: String,
    pub(crate) alive: bool,
}

#[derive(Serialize, Deserialize)]
struct Access {
    grant: String,
    /// Seconds since the epoch, like every time here.
    #[serde(default)]
    issued_at: i64,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct RefreshToken {
    grant: String,
    used: bool,
    expires_at: Option<i64>,
}

/// A known access token, whether or not it is still good.
pub(crate) struct Known {
    /// The id of its grant.
    pub(crate) id: String,
    pub(crate) grant: Grant,
    pub(crate) issued_at: i64,
    pub(crate) expires_at: i64,
}

impl Known {
    pub(crate) fn is_good(&self, now: DateTime<Utc>) -> bool {
        self.grant.alive && now.timestamp() < self.expires_at
    }
}

pub(super) fn key<N: Network>(id: &str) -> Key {
    Key::new(format!("{}#grant#{id}", N::KEY), "grant")
}

fn access_key<N: Network>(token: &str) -> Key {
    Key::new(format!("{}#access#{}", N::KEY, secret::fingerprint(token)), "access")
}

fn refresh_key<N: Network>(token: &str) -> Key {
    Key::new(format!("{}#refresh#{}", N::KEY, secret::fingerprint(token)), "refresh")
}

/// Exchanges a refresh token for new tokens; the old one is dead from then on.
pub(crate) async fn rotate<N: Network>(
    sandbox: &Sandbox,
    client_id: &str,
    token: &str,
) -> Result<Result<Tokens, Refused>, Error> {
    let now = (sandbox.clock)();
    let Some(old) = sandbox.store.get::<RefreshToken>(refresh_key::<N>(token)).await? else {
        return Ok(Err(Refused::RefreshToken));
    };
    let Some(grant) = sandbox.store.get::<Grant>(key::<N>(&old.grant)).await? else {
        return Ok(Err(Refused::RefreshToken));
    };
    if grant.client_id != client_id {
        return Ok(Err(Refused::RefreshToken));
    }
    if withdrawn::<N>(&grant.account) {
        kill::<N>(sandbox, &old.grant).await?;
        return Ok(Err(Refused::Withdrawn));
    }
    if old.used {
        kill::<N>(sandbox, &old.grant).await?;
    }
    let expired = old.expires_at.is_some_and(|at| now.timestamp() >= at);
    if old.used || expired || !grant.alive {
        return Ok(Err(Refused::RefreshToken));
    }
    // Two refreshes with the same token: only the first finds it unused, and the second is a replay.
    let spend = Update::new(refresh_key::<N>(token), "SET #used = :yes")
        .only_if("#used = :no")
        .with(":yes", Value::Bool(true))
        .with(":no", Value::Bool(false));
    let (tokens, mut writes) = mint::<N>(&old.grant, &grant, &N::terms(&grant), now)?;
    writes.extend([spend.into(), still_alive::<N>(&old.grant)]);
    match sandbox.store.commit(writes).await? {
        Committed::Done => Ok(Ok(tokens)),
        Committed::Refused => {
            kill::<N>(sandbox, &old.grant).await?;
            Ok(Err(Refused::RefreshToken))
        }
    }
}

/// A further access token of a living grant, on terms of its own.
pub(crate) async fn extend<N: Network>(
    sandbox: &Sandbox,
    known: &Known,
    terms: &Terms,
    issued: DateTime<Utc>,
) -> Result<Result<Tokens, Refused>, Error> {
    let (tokens, mut writes) = mint::<N>(&known.id, &known.grant, terms, issued)?;
    writes.push(still_alive::<N>(&known.id));
    Ok(match sandbox.store.commit(writes).await? {
        Committed::Done => Ok(tokens),
        Committed::Refused => Err(Refused::Withdrawn),
    })
}

/// A grant that was killed meanwhile must not get tokens.
fn still_alive<N: Network>(id: &str) -> Write {
    let alive = Update::new(key::<N>(id), "SET #alive = :yes").only_if("#alive = :yes");
    alive.with(":yes", Value::Bool(true)).into()
}

/// New tokens of a grant, and the writes that make them good.
pub(super) fn mint<N: Network>(
    id: &str,
    grant: &Grant,
    terms: &Terms,
    now: DateTime<Utc>,
) -> Result<(Tokens, Vec<Write>), Error> {
    let access = secret::token()?;
    let issued_at = now.timestamp();
    let item = Access { grant: id.to_owned(), issued_at, expires_at: issued_at + terms.access };
    let mut writes = vec![Write::put(access_key::<N>(&access), &item)?];
    let expires_at = match terms.refresh {
        Refresh::None => None,
        Refresh::Lasting => Some(None),
        Refresh::For(seconds) => Some(Some(issued_at + seconds)),
    };
    let mut refresh = None;
    if let Some(expires_at) = expires_at {
        let token = secret::token()?;
        let item = RefreshToken { grant: id.to_owned(), used: false, expires_at };
        writes.push(Write::put(refresh_key::<N>(&token), &item)?);
        refresh = Some(token);
    }
    let (account, scope) = (grant.account.clone(), grant.scope.clone());
    Ok((Tokens { access, expires_in: terms.access, refresh, account, scope }, writes))
}

/// What is known of an access token.
pub(crate) async fn find<N: Network>(sandbox: &Sandbox, token: &str) -> Result<Option<Known>, Error> {
    let Some(access) = sandbox.store.get::<Access>(access_key::<N>(token)).await? else {
        return Ok(None);
    };
    let grant = sandbox.store.get::<Grant>(key::<N>(&access.grant)).await?;
    Ok(grant.map(|grant| Known { id: access.grant, grant, issued_at: access.issued_at, expires_at: access.expires_at }))
}

/// Ends a grant, and with it every token that was made from it.
pub(crate) async fn kill<N: Network>(sandbox: &Sandbox, id: &str) -> Result<(), Error> {
    let dead: Changed<Grant> = sandbox
        .store
        .change(|| {
            let end = Update::new(key::<N>(id), "SET #alive = :no").only_if("attribute_exists(pk)");
            end.with(":no", Value::Bool(false))
        })
        .await?;
    // A code that raced with its own second use has no grant yet, and will not get one.
    if let Changed::Refused(_) = dead {
        tracing::debug!("there was no grant to end");
    }
    Ok(())
}

/// Revokes a token of this client: a refresh token ends its grant, an access token only itself.
pub(crate) async fn revoke<N: Network>(sandbox: &Sandbox, client_id: &str, token: &str) -> Result<(), Error> {
    if let Some(refresh) = sandbox.store.get::<RefreshToken>(refresh_key::<N>(token)).await? {
        let grant = sandbox.store.get::<Grant>(key::<N>(&refresh.grant)).await?;
        if grant.is_some_and(|grant| grant.client_id == client_id) {
            kill::<N>(sandbox, &refresh.grant).await?;
        }
    } else if let Some(access) = sandbox.store.get::<Access>(access_key::<N>(token)).await? {
        let grant = sandbox.store.get::<Grant>(key::<N>(&access.grant)).await?;
        if grant.is_some_and(|grant| grant.client_id == client_id) {
            let dead = Access { expires_at: 0, ..access };
            let write = Write::put(access_key::<N>(token), &dead)?;
            sandbox.store.commit(vec![write]).await?;
        }
    }
    Ok(())
}
