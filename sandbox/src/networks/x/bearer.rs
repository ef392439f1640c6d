//! The caller of X's API: access token, scopes and rate limit.

use bytes::Bytes;
use http::Request;

use super::{
    problem,
    rate::{self, UserLimit, Window},
    scope,
    spec::SPEC,
};
use crate::{
    behavior::Behavior,
    context::Context,
    oauth::bearer_token::{self, Bearer},
    reply::{Reply, Stop, stop},
};

/// The caller; 401 without a valid access token.
pub(crate) async fn authenticate(context: &Context, request: &Request<Bytes>) -> Result<Bearer, Stop> {
    match bearer_token::caller(context, &SPEC, request).await? {
        Some(caller) => Ok(caller),
        None => stop(problem::unauthorized()),
    }
}

/// Counts the request against the caller's rate limit; refuses it above the limit, or without the scopes.
pub(crate) async fn admit(
    context: &Context,
    caller: &Bearer,
    scopes: &[&str],
    limit: &UserLimit,
) -> Result<Window, Stop> {
    let exempt = caller.account.behavior == Behavior::Unlimited;
    let usage = rate::count(context, caller.account, limit, exempt).await?;
    let refused = |reply: Reply| stop(usage.window.mark(reply)?);
    if !scope::covers(&caller.scope, scopes) {
        return refused(problem::missing_scope());
    }
    if !usage.allowed {
        return refused(problem::too_many_requests());
    }
    Ok(usage.window)
}
