//! The caller of TikTok's API: access token, scopes and rate limit.

use bytes::Bytes;
use http::Request;

use super::{
    answer,
    rate::{self, TokenLimit},
    spec::SPEC,
};
use crate::{
    behavior::Behavior,
    context::Context,
    oauth::bearer_token::{self, Bearer},
    reply::Stop,
};

pub(super) fn has_scope(caller: &Bearer, scope: &str) -> bool {
    caller.scope.split(',').any(|granted| granted == scope)
}

/// The caller; an error without a valid access token.
pub(crate) async fn authenticate(context: &Context, request: &Request<Bytes>) -> Result<Bearer, Stop> {
    match bearer_token::caller(context, &SPEC, request).await? {
        Some(caller) => Ok(caller),
        None => answer::refuse(context, "access_token_invalid"),
    }
}

/// Counts the request against the rate limit; refuses it above the limit, or without the scope.
pub(crate) async fn admit(context: &Context, caller: &Bearer, scope: &str, limit: &TokenLimit) -> Result<(), Stop> {
    let exempt = caller.account.behavior == Behavior::Unlimited;
    if !exempt && !rate::admits(context, &caller.token, limit).await? {
        return answer::refuse(context, "rate_limit_exceeded");
    }
    if !has_scope(caller, scope) {
        return answer::refuse(context, "scope_not_authorized");
    }
    Ok(())
}
