//! Authorization codes: given by consent, exchanged once. A second use kills what the first gave.

use serde::{Deserialize, Serialize};

use super::{
    account::Account,
    authorize::Asked,
    grant::{self, Refused, Tokens},
};
use crate::{
    Sandbox, secret,
    store::{Committed, Error, Key, Update, Value, Write},
};

/// X gives an app 30 seconds to exchange a code.
const CODE_LIFETIME: i64 = 30;

#[derive(Serialize, Deserialize)]
struct Code {
    client_id: String,
    redirect_uri: String,
    challenge: String,
    scope: String,
    account: String,
    /// The grant that the code makes, named beforehand so that a second use can find it.
    grant: String,
    expires_at: i64,
    used: bool,
}

fn key(code: &str) -> Key {
    Key::new(format!("x#code#{}", secret::fingerprint(code)), "code")
}

pub(crate) async fn issue(sandbox: &Sandbox, asked: &Asked<'_>, account: &Account) -> Result<String, Error> {
    let code = secret::token()?;
    let item = Code {
        client_id: asked.app.client_id.clone(),
        redirect_uri: asked.redirect_uri.to_owned(),
        challenge: asked.challenge.to_owned(),
        scope: asked.scope.to_owned(),
        account: account.id.to_owned(),
        grant: secret::token()?,
        expires_at: (sandbox.clock)().timestamp() + CODE_LIFETIME,
        used: false,
    };
    let write = Write::put(key(&code), &item)?;
    sandbox.store.commit(vec![write]).await?;
    Ok(code)
}

/// Exchanges a code for the first tokens of its grant.
pub(crate) async fn redeem(
    sandbox: &Sandbox,
    client_id: &str,
    code: &str,
    redirect_uri: &str,
    verifier: &str,
) -> Result<Result<Tokens, Refused>, Error> {
    let now = (sandbox.clock)();
    let Some(item) = sandbox.store.get::<Code>(key(code)).await? else {
        return Ok(Err(Refused::Code));
    };
    if item.client_id != client_id {
        return Ok(Err(Refused::Code));
    }
    if item.used {
        grant::kill(sandbox, &item.grant).await?;
        return Ok(Err(Refused::Code));
    }
    if now.timestamp() >= item.expires_at {
        return Ok(Err(Refused::Code));
    }
    if item.redirect_uri != redirect_uri {
        return Ok(Err(Refused::RedirectUri));
    }
    if item.challenge != secret::challenge(verifier) {
        return Ok(Err(Refused::Verifier));
    }
    let grant = grant::Grant { client_id: item.client_id, account: item.account, scope: item.scope, alive: true };
    // Two exchanges of the same code: only the first finds it unused.
    let spend = Update::new(key(code), "SET #used = :yes")
        .only_if("#used = :no")
        .with(":yes", Value::Bool(true))
        .with(":no", Value::Bool(false));
    let begin = Write::put(grant::key(&item.grant), &grant)?;
    let (tokens, mut writes) = grant::mint(&item.grant, &grant, now)?;
    writes.extend([spend.into(), begin]);
    match sandbox.store.commit(writes).await? {
        Committed::Done => Ok(Ok(tokens)),
        Committed::Refused => {
            grant::kill(sandbox, &item.grant).await?;
            Ok(Err(Refused::Code))
        }
    }
}
