//! `/www.tiktok.com/v2/auth/authorize/`: the authorization request of a web app, and consent, of which
//! a person may give a part only.

use bytes::Bytes;
use http::{HeaderValue, Request, header};

use super::{
    OAUTH,
    account::{ACCOUNTS, Account, Behavior},
    token::CODE_END,
};
use crate::{
    Sandbox,
    fields::Fields,
    oauth::{
        authorize::{self, Asking},
        code::{self, Consented},
        consent::{self, Ask, Choice, Decision},
    },
    reply::{Reply, Stop},
    store::Error,
};

/// The parameters of the request, in the order in which the consent form carries them. There is no
/// PKCE on the web.
const PARAMETERS: [&str; 6] = ["client_key", "scope", "response_type", "redirect_uri", "state", "disable_auto_auth"];

/// What no person can withhold.
const BASIC: &str = "user.info.basic";

const SCOPES: &[&str] = &[BASIC, "user.info.profile", "user.info.stats", "video.list", "video.upload", "video.publish"];

/// A request in which everything has been checked.
struct Asked<'a> {
    asking: Asking<'a>,
    scopes: Vec<&'a str>,
}

fn check<'a>(sandbox: &'a Sandbox, fields: &'a Fields) -> Result<Asked<'a>, String> {
    let asking = authorize::check(sandbox, fields, "client_key")?;
    if asking.redirect_uri.contains(['?', '#']) {
        return Err("The parameter redirect_uri has a query or a fragment: TikTok registers no such URI.".to_owned());
    }
    let scopes = authorize::scopes(fields, ',', SCOPES, "TikTok")?;
    Ok(Asked { asking, scopes })
}

/// `GET`
pub(crate) fn ask(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let fields = consent::asked(request, "TikTok", &PARAMETERS)?;
    let asked = match check(sandbox, &fields) {
        Ok(asked) => asked,
        Err(sentence) => return Ok(consent::refuse(&sentence)?),
    };
    let choice = |account: &Account| Choice { username: account.username, name: account.name, about: account.about };
    Ok(consent::page(&Ask {
        platform: "TikTok",
        action: "/www.tiktok.com/v2/auth/authorize/",
        client: &asked.asking.app.client_id,
        scopes: &asked.scopes,
        may_withhold: true,
        fields: &fields,
        parameters: &PARAMETERS,
        accounts: &ACCOUNTS.iter().map(choice).collect::<Vec<_>>(),
    })?)
}

/// `POST`: the consent form, which carries the request, one of `account` (a username) and `cancel`,
/// and what is withheld.
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
    let Asking { redirect_uri, state, .. } = asked.asking;
    let Some(account) = account.filter(|account| account.behavior != Behavior::Declines) else {
        let declined =
            [("error", "access_denied"), ("error_description", "User cancelled the authorization"), ("state", state)];
        return Ok(consent::back(redirect_uri, &declined, None)?);
    };
    let scope = granted(&fields, &asked.scopes, account).join(",");
    let consented = Consented { account: account.id, scope: &scope, challenge: None };
    let code = code::issue(sandbox, &OAUTH, &asked.asking, &consented).await?;
    let code = format!("{code}{CODE_END}");
    let reply = consent::back(redirect_uri, &[("code", &code), ("scopes", &scope), ("state", state)], None)?;
    Ok(encoded(reply)?)
}

fn granted<'a>(fields: &Fields, asked: &[&'a str], account: &Account) -> Vec<&'a str> {
    let left = consent::granted(fields, asked);
    let withholds = |scope: &str| account.behavior == Behavior::WithholdsPublish && scope == "video.publish";
    asked.iter().copied().filter(|scope| *scope == BASIC || (left.contains(scope) && !withholds(scope))).collect()
}

/// TikTok encodes asterisks, too, which a form leaves alone.
fn encoded(mut reply: Reply) -> Result<Reply, Error> {
    let location = reply.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    if let Some(encoded) = location.map(|location| location.replace('*', "%2A")) {
        reply.headers_mut().insert(header::LOCATION, HeaderValue::try_from(encoded)?);
    }
    Ok(reply)
}
