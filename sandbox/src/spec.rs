//! The constant facts about a network.

use crate::{account::Account, behavior::Behavior, host::Host, page::Allow};

pub(crate) struct Spec {
    /// The prefix of the network's keys in the table, and its segment in the paths of its feeds.
    pub(crate) key: &'static str,
    /// The display name.
    pub(crate) name: &'static str,
    /// A sentence for the front page.
    pub(crate) about: &'static str,
    pub(crate) hosts: &'static [Host],
    pub(crate) accounts: &'static [Account],
    /// What pages that show its posts may load.
    pub(crate) allow: Allow,
}

impl Spec {
    pub(crate) fn account_by_id(&self, id: &str) -> Option<&'static Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// Usernames are compared without regard to case.
    pub(crate) fn account_by_username(&self, username: &str) -> Option<&'static Account> {
        self.accounts.iter().find(|account| account.username.eq_ignore_ascii_case(username))
    }

    /// Whether the account with this id behaves as [`Behavior::AccessRevoked`].
    pub(crate) fn revokes_access(&self, id: &str) -> bool {
        self.account_by_id(id).is_some_and(|account| account.behavior == Behavior::AccessRevoked)
    }
}
