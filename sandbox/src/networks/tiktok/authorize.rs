//! `/www.tiktok.com/v2/auth/authorize/`: the consent form. A person can withhold single scopes.

use bytes::Bytes;
use http::{HeaderValue, Request, header};

use super::oauth::{BASIC, CODE_SUFFIX, OAUTH};
use crate::{
    account::Account,
    behavior::Behavior,
    context::Context,
    error::Error,
    fields::Fields,
    oauth::{AuthorizationRequest, code, consent},
    reply::{Reply, Stop},
};

/// `POST`: the decision, with the parameters of the request and the withheld scopes.
pub(super) async fn decide(context: &Context, http_request: &Request<Bytes>) -> Result<Reply, Stop> {
    let fields = consent::posted(context, http_request)?;
    let (request, account) = consent::decided(context, &OAUTH, &fields)?;
    let AuthorizationRequest { redirect_uri, state, .. } = request;
    let Some(account) = account else {
        let declined =
            [("error", "access_denied"), ("error_description", "User cancelled the authorization"), ("state", state)];
        return Ok(consent::redirect(redirect_uri, &declined, None)?);
    };
    let scope = granted(&fields, &request.scopes, account).join(",");
    let code = code::issue(context, &OAUTH.tokens, &request, account.id, &scope).await?;
    let code = format!("{code}{CODE_SUFFIX}");
    let reply = consent::redirect(redirect_uri, &[("code", &code), ("scopes", &scope), ("state", state)], None)?;
    Ok(encode_asterisks(reply)?)
}

fn granted<'a>(fields: &Fields, requested: &[&'a str], account: &Account) -> Vec<&'a str> {
    let left = consent::granted(fields, requested);
    let withholds = |scope: &str| account.behavior == Behavior::WithholdsPublish && scope == "video.publish";
    requested.iter().copied().filter(|scope| *scope == BASIC || (left.contains(scope) && !withholds(scope))).collect()
}

/// TikTok encodes asterisks too, which form encoding does not.
fn encode_asterisks(mut reply: Reply) -> Result<Reply, Error> {
    let location = reply.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    if let Some(encoded) = location.map(|location| location.replace('*', "%2A")) {
        reply.headers_mut().insert(header::LOCATION, HeaderValue::try_from(encoded)?);
    }
    Ok(reply)
}
