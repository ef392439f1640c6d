//! Who calls the API: the access token, its scopes, and the caller's rate limit.

use bytes::Bytes;
use http::{Request, header};

use super::{
    OAUTH,
    account::{Account, Behavior},
    problem,
    rate::{self, Limit, Window},
    scope,
};
use crate::{
    Sandbox,
    oauth::grant,
    reply::{Reply, Stop, stop},
};

/// Who calls, with a good access token.
pub(crate) struct Caller {
    pub(crate) account: &'static Account,
    pub(crate) scope: String,
    pub(crate) grant: String,
}

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
        && let Some(known) = grant::find(sandbox, &OAUTH, token).await?
        && known.is_good((sandbox.clock)())
        && let Some(account) = Account::by_id(&known.grant.account)
    {
        return Ok(Caller { account, scope: known.grant.scope, grant: known.id });
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
