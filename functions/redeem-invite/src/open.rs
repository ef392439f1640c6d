//! Opens a link: reads the invite of a token and what the link's page shows.

use platforms::PlatformId;
use shared::{id::InviteId, invite::Closed, store::Counted};

use super::{Deps, failure::Failure, link::Link, refusal::Refusal};

/// The invite of a token. A forged token is refused without a read, and so is a token whose secret was removed.
pub(super) fn invite_of(deps: &Deps, token: &str) -> Result<InviteId, Failure> {
    deps.link_keys
        .invite(token)
        .ok_or_else(|| if deps.link_keys.is_retired(token) { Failure::ExpiredLink } else { Failure::UnknownLink })
}

/// Reads what the link's page shows, if the link is open.
pub(super) async fn open(deps: &Deps, id: InviteId) -> Result<Link, Refusal> {
    let invite = deps.store.find_invite(id).await?.ok_or(Failure::UnknownLink)?;
    invite.open(deps.clock.now()).map_err(|closed| match closed {
        Closed::Expired => Failure::ExpiredLink,
        Closed::Revoked => Failure::RevokedLink,
    })?;
    let (agency, found) = tokio::try_join!(
        deps.gate.agency(invite.tenant),
        deps.store.find_client_with_accounts(invite.tenant, invite.client)
    )?;
    let agency = agency.ok_or(Failure::UnknownLink)?;
    let (client, accounts) = found.ok_or(Failure::UnknownLink)?;
    let token = deps.link_keys.token(invite.link_version, invite.id).ok_or(Failure::UnknownLink)?;
    Ok(Link { invite, token, agency, client, accounts })
}

/// Counts a try to connect, before it calls a server. Returns the link.
pub(super) async fn count(deps: &Deps, link: Link, platform: PlatformId) -> Result<Link, Refusal> {
    match deps.store.count_try(link.invite.id, deps.clock.now()).await? {
        Counted::Yes => Ok(link),
        Counted::TooMany => Err(Refusal::on_link(link, Failure::TooManyTries, platform)),
        // Since it was read.
        Counted::Closed => Err(Failure::ExpiredLink.into()),
    }
}
