//! The page of a link: what it says, and to whom it opens.

use http::StatusCode;
use platforms::PlatformId;
use shared::{
    account::{Account, AccountStatus},
    agency::Agency,
    api::Response,
    client::Client,
    id::InviteId,
    invite::{Closed, Invite},
    secret::Secret,
};
use url::Url;

use super::{
    Deps,
    failure::{Failure, Refusal},
    page,
};

/// An open link and all that its page says.
pub(super) struct Link {
    pub(super) invite: Invite,
    pub(super) token: Secret,
    pub(super) agency: Agency,
    pub(super) client: Client,
    pub(super) accounts: Vec<Account>,
}

impl Link {
    /// The account that a platform's row shows: the one this link connected, else any that the client has connected.
    pub(super) fn account(&self, platform: PlatformId) -> Option<&Account> {
        let of_platform = || self.accounts.iter().filter(|account| account.platform == platform);
        let own = self.invite.connected.get(&platform);
        of_platform()
            .find(|account| own.is_some_and(|user_id| account.user_id == *user_id))
            .or_else(|| of_platform().find(|account| account.status == AccountStatus::Connected))
            .or_else(|| of_platform().find(|account| account.status == AccountStatus::ReconnectRequired))
    }

    /// The client's other accounts of a platform whose connections have ended: connecting this one did not mend them.
    pub(super) fn ended_beside<'a>(&'a self, shown: &'a Account) -> impl Iterator<Item = &'a Account> {
        self.accounts.iter().filter(move |account| {
            account.platform == shown.platform
                && account.id != shown.id
                && account.status == AccountStatus::ReconnectRequired
        })
    }

    /// Where a customer goes on to for whom nothing is left to connect, if the agency wants them back and still lists
    /// the origin.
    pub(super) fn onward(&self) -> Option<Url> {
        let is_connected = |platform: &PlatformId| {
            self.account(*platform).is_some_and(|account| account.status == AccountStatus::Connected)
        };
        let url = self.invite.return_url.as_ref().filter(|url| self.agency.allows(url))?;
        self.invite.platforms.iter().all(is_connected).then(|| url.connected(self.invite.id))
    }

    /// Shows `failure` on this link's page, with the buttons to go on.
    pub(super) fn refuse(self, failure: Failure, platform: PlatformId) -> Refusal {
        Refusal { failure, platform: Some(platform), link: Some(Box::new(self)) }
    }
}

pub(super) async fn show(deps: &Deps, token: &str) -> Result<Response, Refusal> {
    let link = open(deps, invite_of(deps, token)?).await?;
    Ok(page::link(StatusCode::OK, &link, None))
}

/// The invite whose token this is. A forged one is refused without a read, and so is one whose secret is gone.
pub(super) fn invite_of(deps: &Deps, token: &str) -> Result<InviteId, Failure> {
    deps.link_keys
        .invite(token)
        .ok_or_else(|| if deps.link_keys.is_retired(token) { Failure::ExpiredLink } else { Failure::UnknownLink })
}

/// Reads what a link's page says, if the link is open.
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
