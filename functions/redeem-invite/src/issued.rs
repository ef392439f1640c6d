//! Tokens that a platform issued for an account that is then not connected. They are live and not stored anywhere, so nobody
//! could revoke them later.

use shared::{
    account::AccountStatus,
    oauth::{self, Tokens},
    site::Site,
};

use super::{Deps, link::Link};

#[derive(Clone, Copy)]
pub(super) struct Issued<'a> {
    pub(super) deps: &'a Deps,
    pub(super) site: &'a Site,
}

impl Issued<'_> {
    /// Revokes the tokens, unless the client has this account, or may have it (`user_id` is `None`), connected already: some
    /// platforms end all grants of an account at once. A failure is only logged.
    pub(super) async fn revoke(&self, tokens: &Tokens, link: &Link, user_id: Option<&str>) {
        let platform = self.site.platform;
        let is_connected = link.accounts.iter().any(|account| {
            account.platform == platform
                && account.status == AccountStatus::Connected
                && user_id.is_none_or(|id| account.user_id == id)
        });
        if is_connected {
            return;
        }
        let http = self.deps.http.chain(self.deps.patience.min(oauth::REVOCATION));
        match oauth::revoke(&http, self.site, tokens, self.deps.clock.now()).await {
            Ok(revoked) => {
                tracing::info!(%platform, revoked, "the account is not connected; its new tokens are revoked")
            }
            Err(error) => {
                tracing::warn!(%platform, %error, "the account is not connected, and revoking its new tokens failed")
            }
        }
    }
}
