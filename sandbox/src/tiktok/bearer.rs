//! Who calls the API: the access token, its scopes, and how often it was used.

use bytes::Bytes;
use http::Request;

use super::{
    TikTok,
    account::Behavior,
    answer,
    rate::{self, Limit},
};
use crate::{Sandbox, oauth::bearer, reply::Stop};

pub(crate) type Caller = bearer::Caller<TikTok>;

impl Caller {
    pub(crate) fn may(&self, scope: &str) -> bool {
        self.scope.split(',').any(|granted| granted == scope)
    }
}

/// The caller, if the access token is good.
pub(crate) async fn authenticate(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Caller, Stop> {
    match bearer::caller(sandbox, request).await? {
        Some(caller) => Ok(caller),
        None => answer::refuse(sandbox, "access_token_invalid"),
    }
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
