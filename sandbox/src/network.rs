//! A social network, as the house sees it: its names, its test accounts, and what its OAuth server grants.

use crate::{
    account::Account,
    feed::Post,
    oauth::{Terms, authorize::Dialog, grant::Grant},
};

pub(crate) trait Network: Sized + 'static {
    /// What can be peculiar about an account.
    type Behavior: PartialEq + 'static;
    type Post: Post<Network = Self>;

    /// Begins every key of the network in the table, and names it in the addresses of its feeds.
    const KEY: &'static str;
    /// As people know it.
    const NAME: &'static str;
    const ACCOUNTS: &'static [Account<Self>];
    /// Says no when asked for consent.
    const DECLINES: Self::Behavior;
    /// Has withdrawn the app's access, as publishing and refreshing find out.
    const WITHDRAWN: Self::Behavior;
    const DIALOG: Dialog;
    /// Seconds for which a code can be exchanged.
    const CODE_LIFETIME: i64;

    /// The first tokens of a grant, and those that refreshing gives.
    fn terms(grant: &Grant) -> Terms;
}
