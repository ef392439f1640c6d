//! Authorization codes: given by consent, exchanged once. A second use kills what the first gave.

use serde::{Deserialize, Serialize};

use super::{Refused, Tokens, authorize::Asking, grant};
use crate::{
    Sandbox,
    network::Network,
    secret,
    store::{Committed, Error, Key, Update, Value, Write},
};

#[derive(Serialize, Deserialize)]
struct Code {
    client_id: String,
    redirect_uri: String,
    challenge: Option<String>,
    scope: String,
    account: String,
    /// The grant that the code makes, named beforehand so that a second use can find it.
    grant: String,
    expires_at: i64,
    used: bool,
}

/// What an app hands in for tokens.
pub(crate) struct Exchange<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) code: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) verifier: Option<&'a str>,
}

fn key<N: Network>(code: &str) -> Key {
    Key::new(format!("{}#code#{}", N::KEY, secret::fingerprint(code)), "code")
}

/// A code for an account (its id) that has granted this, as the platform writes it.
pub(crate) async fn issue<N: Network>(
    sandbox: &Sandbox,
    asking: &Asking<'_>,
    account: &str,
    scope: &str,
) -> Result<String, Error> {
    let code = secret::token()?;
    let item = Code {
        client_id: asking.app.client_id.clone(),
        redirect_uri: asking.redirect_uri.to_owned(),
        challenge: asking.challenge.map(str::to_owned),
        scope: scope.to_owned(),
        account: account.to_owned(),
        grant: secret::token()?,
        expires_at: (sandbox.clock)().timestamp() + N::CODE_LIFETIME,
        used: false,
    };
    let write = Write::put(key::<N>(&code), &item)?;
    sandbox.store.commit(vec![write]).await?;
    Ok(code)
}

/// Exchanges a code for the first tokens of its grant.
pub(crate) async fn redeem<N: Network>(
    sandbox: &Sandbox,
    exchange: &Exchange<'_>,
) -> Result<Result<Tokens, Refused>, Error> {
    let now = (sandbox.clock)();
    let Some(item) = sandbox.store.get::<Code>(key::<N>(exchange.code)).await? else {
        return Ok(Err(Refused::Code));
    };
    if item.client_id != exchange.client_id {
        return Ok(Err(Refused::Code));
    }
    if item.used {
        grant::kill::<N>(sandbox, &item.grant).await?;
        return Ok(Err(Refused::Code));
    }
    if now.timestamp() >= item.expires_at {
        return Ok(Err(Refused::Code));
    }
    if item.redirect_uri != exchange.redirect_uri {
        return Ok(Err(Refused::RedirectUri));
    }
    if item.challenge != exchange.verifier.map(secret::challenge) {
        return Ok(Err(Refused::Verifier));
    }
    let grant = grant::Grant { client_id: item.client_id, account: item.account, scope: item.scope, alive: true };
    // Two exchanges of the same code: only the first finds it unused.
    let spend = Update::new(key::<N>(exchange.code), "SET #used = :yes")
        .only_if("#used = :no")
        .with(":yes", Value::Bool(true))
        .with(":no", Value::Bool(false));
    let begin = Write::put(grant::key::<N>(&item.grant), &grant)?;
    let (tokens, mut writes) = grant::mint::<N>(&item.grant, &grant, &N::terms(&grant), now)?;
    writes.extend([spend.into(), begin]);
    match sandbox.store.commit(writes).await? {
        Committed::Done => Ok(Ok(tokens)),
        Committed::Refused => {
            grant::kill::<N>(sandbox, &item.grant).await?;
            Ok(Err(Refused::Code))
        }
    }
}
