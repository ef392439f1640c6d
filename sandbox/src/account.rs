//! What the test accounts of all networks have in common. How one misbehaves is its network's own.

use crate::network::Network;

pub(crate) struct Account<N: Network> {
    /// The network's immutable id.
    pub(crate) id: &'static str,
    pub(crate) username: &'static str,
    pub(crate) name: &'static str,
    pub(crate) behavior: N::Behavior,
    /// What it does, in a sentence for the pages.
    pub(crate) about: &'static str,
}

/// A row of a network's table of accounts.
pub(crate) const fn account<N: Network>(
    id: &'static str,
    username: &'static str,
    name: &'static str,
    behavior: N::Behavior,
    about: &'static str,
) -> Account<N> {
    Account { id, username, name, behavior, about }
}

impl<N: Network> Account<N> {
    pub(crate) fn by_id(id: &str) -> Option<&'static Self> {
        N::ACCOUNTS.iter().find(|account| account.id == id)
    }

    /// Usernames are the same in any case.
    pub(crate) fn by_username(username: &str) -> Option<&'static Self> {
        N::ACCOUNTS.iter().find(|account| account.username.eq_ignore_ascii_case(username))
    }
}

/// Whether the account of this id has withdrawn the app's access.
pub(crate) fn withdrawn<N: Network>(id: &str) -> bool {
    Account::<N>::by_id(id).is_some_and(|account| account.behavior == N::WITHDRAWN)
}
