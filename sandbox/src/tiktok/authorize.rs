//! `/www.tiktok.com/v2/auth/authorize/`: the authorization request of a web app, and consent, of which
//! a person may give a part only.

use bytes::Bytes;
use http::{HeaderValue, Request, header};

use super::{
    TikTok,
    account::{Account, Behavior},
    token::CODE_END,
};
use crate::{
    Sandbox,
    fields::Fields,
    oauth::{
        authorize::{Asking, Dialog},
        code, consent,
    },
    reply::{Reply, Stop},
    store::Error,
};

/// What no person can withhold.
const BASIC: &str = "user.info.basic";

pub(super) const DIALOG: Dialog = Dialog {
    path: "/www.tiktok.com/v2/auth/authorize/",
    // There is no PKCE on the web.
    parameters: &["client_key", "scope", "response_type", "redirect_uri", "state", "disable_auto_auth"],
    client: "client_key",
    scopes: &[BASIC, "user.info.profile", "user.info.stats", "video.list", "video.upload", "video.publish"],
    separator: ',',
    may_withhold: true,
    further: |_, asking| {
        if asking.redirect_uri.contains(['?', '#']) {
            return Err("The parameter redirect_uri has a query or a fragment: TikTok registers no such URI.".into());
        }
        Ok(())
    },
};

/// `POST`: the consent form, which carries the request, one of `account` (a username) and `cancel`,
/// and what is withheld.
pub(super) async fn decide(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let fields = consent::posted(sandbox, request)?;
    let (asking, account) = consent::decided::<TikTok>(sandbox, &fields)?;
    let Asking { redirect_uri, state, .. } = asking;
    let Some(account) = account else {
        let declined =
            [("error", "access_denied"), ("error_description", "User cancelled the authorization"), ("state", state)];
        return Ok(consent::back(redirect_uri, &declined, None)?);
    };
    let scope = granted(&fields, &asking.scopes, account).join(",");
    let code = code::issue::<TikTok>(sandbox, &asking, account.id, &scope).await?;
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
