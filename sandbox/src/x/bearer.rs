//! Who calls the API: the access token, its scopes, and the caller's rate limit.

use bytes::Bytes;
use http::{Request, header};

use super::{
    account::Behavior,
    grant::{self, Caller},
    problem,
    rate::{self, Limit, Window},
    scope,
};
use crate::{
    Sandbox,
    reply::{Reply, Stop, stop},
};

/// The caller, if the access token is good.
pub(crate) async fn authenticate(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Caller, Stop> {
    let token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token);
    if let Some(token) = token
        && let Some(caller) = grant::caller(sandbox, token).await?
    {
        return Ok(caller);
    }
    stop(problem::unauthorized())
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
