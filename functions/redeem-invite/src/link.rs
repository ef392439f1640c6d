//! An open connect link, with everything that its page shows.

use platforms::PlatformId;
use shared::{
    account::{Account, AccountStatus},
    agency::Agency,
    client::Client,
    invite::Invite,
    secret::Secret,
};
use url::Url;

/// An invite that is open, and what was read for its page.
pub(super) struct Link {
    pub(super) invite: Invite,
    pub(super) token: Secret,
    pub(super) agency: Agency,
    pub(super) client: Client,
    pub(super) accounts: Vec<Account>,
}

impl Link {
    /// The account in a platform's row: the one that this link connected, or else any account of the client that is
    /// connected or has to be connected again.
    pub(super) fn account(&self, platform: PlatformId) -> Option<&Account> {
        let of_platform = || self.accounts.iter().filter(|account| account.platform == platform);
        let own = self.invite.connected.get(&platform);
        of_platform()
            .find(|account| own.is_some_and(|user_id| account.user_id == *user_id))
            .or_else(|| of_platform().find(|account| account.status == AccountStatus::Connected))
            .or_else(|| of_platform().find(|account| account.status == AccountStatus::ReconnectRequired))
    }

    /// The client's other accounts of the same platform that have to be connected again.
    pub(super) fn others_to_reconnect<'a>(&'a self, shown: &'a Account) -> impl Iterator<Item = &'a Account> {
        self.accounts.iter().filter(move |account| {
            account.platform == shown.platform
                && account.id != shown.id
                && account.status == AccountStatus::ReconnectRequired
        })
    }

    /// The return URL, once every platform is connected and if the agency still allows its origin.
    pub(super) fn return_url(&self) -> Option<Url> {
        let is_connected = |platform: &PlatformId| {
            self.account(*platform).is_some_and(|account| account.status == AccountStatus::Connected)
        };
        let url = self.invite.return_url.as_ref().filter(|url| self.agency.allows(url))?;
        self.invite.platforms.iter().all(is_connected).then(|| url.connected(self.invite.id))
    }
}
