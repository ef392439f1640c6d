//! Who calls the API: the access token, its scopes, and the caller's rate limit.

use bytes::Bytes;
use http::Request;

use super::{
    X,
    account::Behavior,
    problem,
    rate::{self, Limit, Window},
    scope,
};
use crate::{
    Sandbox,
    oauth::bearer,
    reply::{Reply, Stop, stop},
};

pub(crate) type Caller = bearer::Caller<X>;

/// The caller, if the access token is good.
pub(crate) async fn authenticate(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Caller, Stop> {
    match bearer::caller(sandbox, request).await? {
        Some(caller) => Ok(caller),
        None => stop(problem::unauthorized()),
    }
}

/// Counts the request, and lets it pass if the caller has the scopes and has not asked too often.
pub(crate) async fn admit(sandbox: &Sandbox, caller: &Caller, scopes: &[&str], limit: &Limit) -> Result<Window, Stop> {
    let exempt = caller.account.behavior == Behavior::Unlimited;
    let spent = rate::spend(sandbox, caller.account, limit, exempt).await?;
    let refused = |reply: Reply| stop(spent.window.mark(reply)?);
    if !scope::covers(&caller.scope, scopes) {
        return refused(problem::missing_scope());
    }
    if !spent.allowed {
        return refused(problem::too_many_requests());
    }
    Ok(spent.window)
}
