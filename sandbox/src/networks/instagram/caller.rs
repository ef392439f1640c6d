//! The caller of the Graph API: access token, account and permissions.

use bytes::Bytes;
use http::Request;

use super::{
    account::has_id,
    graph_error::GraphError,
    oauth::{COMMENT, PUBLISH},
    parameters,
    spec::SPEC,
};
use crate::{
    account::Account,
    authorization,
    behavior::Behavior,
    context::Context,
    fields::Fields,
    oauth::{
        grant,
        token::{self, IssuedToken},
    },
    reply::{Stop, stop},
};

pub(crate) struct Caller {
    pub(crate) account: &'static Account,
    /// Separated by commas.
    scope: String,
    grant: String,
}

/// A valid token. The error for any other token gives the reason.
pub(super) async fn valid_token(context: &Context, token: Option<&str>) -> Result<IssuedToken, Stop> {
    let Some(token) = token else {
        return stop(GraphError::of(2500, None).reply());
    };
    let Some(issued) = token::find(context, &SPEC, token).await? else {
        return stop(GraphError::of(190, None).reply());
    };
    if issued.is_valid(context.now()) {
        return Ok(issued);
    }
    let expired = issued.grant.alive || SPEC.revokes_access(&issued.grant.account);
    stop(GraphError::of(190, Some(if expired { 463 } else { 458 })).reply())
}

/// The caller, by the `Authorization` header or the parameter `access_token`.
pub(crate) async fn authenticate(
    context: &Context,
    request: &Request<Bytes>,
    parameters: &Fields,
) -> Result<Caller, Stop> {
    let bearer = authorization::credentials(request, "bearer");
    let issued = valid_token(context, bearer.or(parameters.get("access_token"))).await?;
    match SPEC.account_by_id(&issued.grant.account) {
        Some(account) => Ok(Caller { account, scope: issued.grant.scope, grant: issued.grant_id }),
        None => stop(GraphError::of(190, None).reply()),
    }
}

/// The caller of an endpoint for publishing, who owns the account `id`, and the parameters, which are all in `known`.
pub(crate) async fn publisher(
    context: &Context,
    request: &Request<Bytes>,
    id: &str,
    known: &[&str],
) -> Result<(Caller, Fields), Stop> {
    let parameters = parameters::read(request, known)?;
    let caller = authenticate(context, request, &parameters).await?;
    caller.owns(id)?;
    caller.may_publish()?;
    caller.check_access(context).await?;
    Ok((caller, parameters))
}

impl Caller {
    /// Refuses the id of any other account.
    pub(crate) fn owns(&self, id: &str) -> Result<(), Stop> {
        if has_id(self.account, id) { Ok(()) } else { stop(GraphError::no_such(id).reply()) }
    }

    /// Refuses callers without the permission for comments.
    pub(crate) fn may_comment(&self) -> Result<(), Stop> {
        if self.has(COMMENT) { Ok(()) } else { stop(GraphError::of(10, None).reply()) }
    }

    fn has(&self, scope: &str) -> bool {
        self.scope.split(',').any(|granted| granted == scope)
    }

    /// Refuses callers without the permission, and personal accounts.
    fn may_publish(&self) -> Result<(), Stop> {
        if !self.has(PUBLISH) {
            return stop(GraphError::of(10, None).reply());
        }
        if self.account.behavior == Behavior::Personal {
            return stop(GraphError::of(10, None).with_message("The user is not an Instagram Business").reply());
        }
        Ok(())
    }

    /// Refuses accounts that lose their access at the first call for publishing.
    async fn check_access(&self, context: &Context) -> Result<(), Stop> {
        match self.account.behavior {
            Behavior::AccessRevoked => {
                grant::revoke(context, &SPEC, &self.grant).await?;
                stop(GraphError::of(190, Some(463)).reply())
            }
            Behavior::LoginRequired => stop(GraphError::of(190, Some(459)).reply()),
            _ => Ok(()),
        }
    }
}
