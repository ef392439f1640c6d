//! Test accounts.

use crate::behavior::Behavior;

#[derive(Debug)]
pub(crate) struct Account {
    /// The network's immutable id.
    pub(crate) id: &'static str,
    pub(crate) username: &'static str,
    /// The display name.
    pub(crate) name: &'static str,
    pub(crate) behavior: Behavior,
    /// What the account does, as a sentence for the pages.
    pub(crate) about: &'static str,
}

/// A row of a network's table of accounts.
pub(crate) const fn account(
    id: &'static str,
    username: &'static str,
    name: &'static str,
    behavior: Behavior,
    about: &'static str,
) -> Account {
    Account { id, username, name, behavior, about }
}
