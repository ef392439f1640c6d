//! Authorization codes: given by consent, exchanged once. A second use kills what the first gave.

use serde::{Deserialize, Serialize};

use super::{Platform, Refused, Tokens, authorize::Asking, grant};
use crate::{
    Sandbox, secret,
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

/// What a person has consented to.
pub(crate) struct Consented<'a> {
    /// The account's id.
    pub(crate) account: &'a str,
    /// What was granted, as the platform writes it.
    pub(crate) scope: &'a str,
    /// PKCE's S256 challenge, where the platform has it.
    pub(crate) challenge: Option<&'a str>,
}

/// What an app hands in for tokens.
pub(crate) struct Exchange<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) code: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) verifier: Option<&'a str>,
}

fn key(platform: &Platform, code: &str) -> Key {
    Key::new(format!("{}#code#{}", platform.key, secret::fingerprint(code)), "code")
}

pub(crate) async fn issue(
    sandbox: &Sandbox,
    platform: &Platform,
    asking: &Asking<'_>,
    consented: &Consented<'_>,
) -> Result<String, Error> {
    let code = secret::token()?;
    let item = Code {
        client_id: asking.app.client_id.clone(),
        redirect_uri: asking.redirect_uri.to_owned(),
        challenge: consented.challenge.map(str::to_owned),
        scope: consented.scope.to_owned(),
        account: consented.account.to_owned(),
        grant: secret::token()?,
        expires_at: (sandbox.clock)().timestamp() + platform.code_lifetime,
        used: false,
    };
    let write = Write::put(key(platform, &code), &item)?;
    sandbox.store.commit(vec![write]).await?;
    Ok(code)
}

/// Exchanges a code for the first tokens of its grant.
pub(crate) async fn redeem(
    sandbox: &Sandbox,
    platform: &Platform,
    exchange: &Exchange<'_>,
) -> Result<Result<Tokens, Refused>, Error> {
    let now = (sandbox.clock)();
    let Some(item) = sandbox.store.get::<Code>(key(platform, exchange.code)).await? else {
        return Ok(Err(Refused::Code));
    };
    if item.client_id != exchange.client_id {
        return Ok(Err(Refused::Code));
    }
    if item.used {
        grant::kill(sandbox, platform, &item.grant).await?;
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
    let spend = Update::new(key(platform, exchange.code), "SET #used = :yes")
        .only_if("#used = :no")
        .with(":yes", Value::Bool(true))
        .with(":no", Value::Bool(false));
    let begin = Write::put(grant::key(platform, &item.grant), &grant)?;
    let (tokens, mut writes) = grant::mint(platform, &item.grant, &grant, &(platform.terms)(&grant), now)?;
    writes.extend([spend.into(), begin]);
    match sandbox.store.commit(writes).await? {
        Committed::Done => Ok(Ok(tokens)),
        Committed::Refused => {
            grant::kill(sandbox, platform, &item.grant).await?;
            Ok(Err(Refused::Code))
        }
    }
}
