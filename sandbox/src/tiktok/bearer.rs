//! Who calls the API: the access token, its scopes, and how often it was used.

use bytes::Bytes;
use http::{Request, header};

use super::{
    OAUTH,
    account::{Account, Behavior},
    answer,
    rate::{self, Limit},
};
use crate::{Sandbox, oauth::grant, reply::Stop};

/// Who calls, with a good access token.
pub(crate) struct Caller {
    pub(crate) account: &'static Account,
    pub(crate) client_key: String,
    /// The id of what was granted.
    pub(crate) grant: String,
    token: String,
    scope: String,
}

impl Caller {
    pub(crate) fn may(&self, scope: &str) -> bool {
        self.scope.split(',').any(|granted| granted == scope)
    }
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
        let (client_key, scope) = (known.grant.client_id, known.grant.scope);
        return Ok(Caller { account, client_key, grant: known.id, token: token.to_owned(), scope });
    }
    answer::refuse(sandbox, "access_token_invalid")
}

/// Counts the request, and lets it pass if it does not come too often and the scope was granted.
pub(crate) async fn admit(sandbox: &Sandbox, caller: &Caller, scope: &str, limit: &Limit) -> Result<(), Stop> {
    let exempt = caller.account.behavior == Behavior::Unlimited;
    if !exempt && !rate::admits(sandbox, &caller.token, limit).await? {
        return answer::refuse(sandbox, "rate_limit_exceeded");
    }
    if !caller.may(scope) {
        return answer::refuse(sandbox, "scope_not_authorized");
    }
    Ok(())
}
