//! Who calls the Graph API: the access token, its account and its permissions.

use bytes::Bytes;
use http::Request;

use super::{
    Instagram,
    account::{Account, Behavior},
    authorize::PUBLISH,
    failure::Failure,
    parameters,
};
use crate::{
    Sandbox,
    account::withdrawn,
    authorization,
    fields::Fields,
    oauth::grant::{self, Known},
    reply::{Stop, stop},
};

pub(crate) struct Caller {
    pub(crate) account: &'static Account,
    /// Comma-separated.
    scope: String,
    grant: String,
}

/// A token that is good; the answer to one that is not tells why.
pub(super) async fn known(sandbox: &Sandbox, token: Option<&str>) -> Result<Known, Stop> {
    let Some(token) = token else {
        return stop(Failure::of(2500, None).reply());
    };
    let Some(known) = grant::find::<Instagram>(sandbox, token).await? else {
        return stop(Failure::of(190, None).reply());
    };
    if known.is_good((sandbox.clock)()) {
        return Ok(known);
    }
    let ended = known.grant.alive || withdrawn::<Instagram>(&known.grant.account);
    stop(Failure::of(190, Some(if ended { 463 } else { 458 })).reply())
}

/// The caller, by the header or by the parameter.
pub(crate) async fn authenticate(
    sandbox: &Sandbox,
    request: &Request<Bytes>,
    parameters: &Fields,
) -> Result<Caller, Stop> {
    let bearer = authorization::credentials(request, "bearer");
    let known = known(sandbox, bearer.or(parameters.get("access_token"))).await?;
    match Account::by_id(&known.grant.account) {
        Some(account) => Ok(Caller { account, scope: known.grant.scope, grant: known.id }),
        None => stop(Failure::of(190, None).reply()),
    }
}

/// The caller of publishing for the path's account, and the parameters, of which each must be one of these.
pub(crate) async fn publisher(
    sandbox: &Sandbox,
    request: &Request<Bytes>,
    id: &str,
    known: &[&str],
) -> Result<(Caller, Fields), Stop> {
    let parameters = parameters::read(request, known)?;
    let caller = authenticate(sandbox, request, &parameters).await?;
    caller.owns(id)?;
    caller.may_publish()?;
    caller.alive(sandbox).await?;
    Ok((caller, parameters))
}

impl Caller {
    /// Whether the path's account is the caller's own: no other can be seen.
    pub(crate) fn owns(&self, id: &str) -> Result<(), Stop> {
        if self.account.is(id) { Ok(()) } else { stop(Failure::no_such(id).reply()) }
    }

    /// Whether the caller may publish at all.
    fn may_publish(&self) -> Result<(), Stop> {
        if !self.scope.split(',').any(|scope| scope == PUBLISH) {
            return stop(Failure::of(10, None).reply());
        }
        if self.account.behavior == Behavior::Personal {
            return stop(Failure::of(10, None).saying("The user is not an Instagram Business").reply());
        }
        Ok(())
    }

    /// What ends a call of publishing before it begins.
    async fn alive(&self, sandbox: &Sandbox) -> Result<(), Stop> {
        match self.account.behavior {
            Behavior::TokenDead => {
                grant::kill::<Instagram>(sandbox, &self.grant).await?;
                stop(Failure::of(190, Some(463)).reply())
            }
            Behavior::Checkpoint => stop(Failure::of(190, Some(459)).reply()),
            _ => Ok(()),
        }
    }
}
