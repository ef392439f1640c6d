//! `/x.com/i/oauth2/authorize`: the authorization request, checked to the letter, and consent.

use bytes::Bytes;
use http::Request;

use super::{
    OAUTH,
    account::{ACCOUNTS, Account, Behavior},
    scope,
};
use crate::{
    Sandbox,
    fields::Fields,
    oauth::{
        authorize::{self, Asking, required},
        code::{self, Consented},
        consent::{self, Ask, Choice, Decision},
    },
    reply::{Reply, Stop},
};

/// The parameters of the request, in the order in which the consent form carries them.
const PARAMETERS: [&str; 7] =
    ["response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"];

/// RFC 7636: a SHA-256 in base64url without padding has exactly this many characters.
const CHALLENGE_LENGTH: usize = 43;
/// X's documented limit.
const STATE_LIMIT: usize = 500;

/// A request in which everything has been checked.
struct Asked<'a> {
    asking: Asking<'a>,
    scopes: Vec<&'a str>,
    challenge: &'a str,
}

fn check<'a>(sandbox: &'a Sandbox, fields: &'a Fields) -> Result<Asked<'a>, String> {
    let asking = authorize::check(sandbox, fields, "client_id")?;
    let scopes = authorize::scopes(fields, ' ', scope::KNOWN, "X")?;
    if asking.state.chars().count() > STATE_LIMIT {
        return Err(format!("The parameter state has more than {STATE_LIMIT} characters."));
    }
    let challenge = required(fields, "code_challenge")?;
    if required(fields, "code_challenge_method")? != "S256" {
        return Err("The parameter code_challenge_method must be S256.".to_owned());
    }
    let base64url = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if challenge.len() != CHALLENGE_LENGTH || !challenge.chars().all(base64url) {
        return Err(format!(
            "The parameter code_challenge is not a SHA-256 in base64url: {CHALLENGE_LENGTH} characters, no padding."
        ));
    }
    Ok(Asked { asking, scopes, challenge })
}

/// `GET`
pub(crate) fn ask(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let fields = consent::asked(request, "X", &PARAMETERS)?;
    let asked = match check(sandbox, &fields) {
        Ok(asked) => asked,
        Err(sentence) => return Ok(consent::refuse(&sentence)?),
    };
    let choice = |account: &Account| Choice { username: account.username, name: account.name, about: account.about };
    Ok(consent::page(&Ask {
        platform: "X",
        action: "/x.com/i/oauth2/authorize",
        client: &asked.asking.app.client_id,
        scopes: &asked.scopes,
        may_withhold: false,
        fields: &fields,
        parameters: &PARAMETERS,
        accounts: &ACCOUNTS.iter().map(choice).collect::<Vec<_>>(),
    })?)
}

/// `POST`: the consent form, which carries the request and one of `account` (a username) and `cancel`.
pub(crate) async fn decide(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let fields = consent::posted(sandbox, request)?;
    let checked = check(sandbox, &fields).and_then(|asked| Ok((asked, consent::decision(&fields)?)));
    let (asked, decision) = match checked {
        Ok(checked) => checked,
        Err(sentence) => return Ok(consent::refuse(&sentence)?),
    };
    let account = match decision {
        Decision::Cancel => None,
        Decision::Account(username) => match Account::by_username(username) {
            Some(account) => Some(account),
            None => return Ok(consent::refuse("There is no such test account.")?),
        },
    };
    let asking = &asked.asking;
    let answer = match account {
        Some(account) if account.behavior != Behavior::Declines => {
            let scope = asked.scopes.join(" ");
            let consented = Consented { account: account.id, scope: &scope, challenge: Some(asked.challenge) };
            ("code", code::issue(sandbox, &OAUTH, asking, &consented).await?)
        }
        _ => ("error", "access_denied".to_owned()),
    };
    Ok(consent::back(asking.redirect_uri, &[("state", asking.state), (answer.0, &answer.1)], None)?)
}
