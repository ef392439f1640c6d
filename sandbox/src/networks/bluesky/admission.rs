//! Whether a caller may write to a repository now.

use http::{HeaderName, HeaderValue, StatusCode, header};

use super::{
    account,
    input::Input,
    scope,
    session::RepoOwner,
    spec::SPEC,
    xrpc_error::{self, challenge, scope_missing},
};
use crate::{
    behavior::Behavior,
    context::Context,
    error::Error,
    first_time,
    oauth::grant,
    reply::{Reply, Stop, stop},
};

/// How long the first post of [`Behavior::RateLimitedOnce`] is delayed, in seconds.
const WAIT: i64 = 5;

/// Refuses a write to another repository, without the permission for all of `actions`, or by an account that may not
/// write now.
pub(super) async fn admit(context: &Context, caller: &RepoOwner, input: &Input, actions: &[&str]) -> Result<(), Stop> {
    let account = caller.account;
    let unauthorized = |name, message| stop(xrpc_error::reply(StatusCode::UNAUTHORIZED, name, message));
    if account.behavior == Behavior::AccessRevoked {
        grant::revoke(context, &SPEC, &caller.grant).await?;
        return challenge(context, "invalid_token", "The access token has expired or was revoked");
    }
    if account::named(input.text("repo")?).is_none_or(|named| named.id != account.id) {
        return unauthorized("AuthenticationRequired", "Authentication Required");
    }
    if account.behavior == Behavior::Suspended {
        return unauthorized("AccountTakedown", "Account has been taken down");
    }
    let collection = input.text("collection")?;
    for action in actions {
        if !scope::permits_record(&caller.scope, collection, action) {
            return scope_missing(&format!("repo:{collection}?action={action}"));
        }
    }
    match account.behavior {
        Behavior::RateLimitedOnce => {
            let until = first_time::record(context, &SPEC, account, first_time::POST).await?.at + WAIT;
            if context.now().timestamp() < until { stop(rate_limited(context, until)?) } else { Ok(()) }
        }
        Behavior::ServerErrorOnce if first_time::record(context, &SPEC, account, first_time::POST).await?.is_now => {
            stop(xrpc_error::reply(StatusCode::BAD_GATEWAY, "UpstreamFailure", "Upstream Failure"))
        }
        _ => Ok(()),
    }
}

/// The limit for writes to a repository: 5,000 points an hour.
fn rate_limited(context: &Context, reset: i64) -> Result<Reply, Error> {
    let mut reply = xrpc_error::reply(StatusCode::TOO_MANY_REQUESTS, "RateLimitExceeded", "Rate Limit Exceeded");
    for (name, value) in [
        ("ratelimit-limit", HeaderValue::from_static("5000")),
        ("ratelimit-remaining", HeaderValue::from_static("0")),
        ("ratelimit-reset", HeaderValue::from(reset)),
        ("ratelimit-policy", HeaderValue::from_static("5000;w=3600")),
    ] {
        reply.headers_mut().insert(HeaderName::from_static(name), value);
    }
    // Without the server's time, a client cannot tell how long to wait until the reset.
    let date = context.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    reply.headers_mut().insert(header::DATE, HeaderValue::try_from(date)?);
    Ok(reply)
}
