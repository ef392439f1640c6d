//! X's name, hosts and accounts.

use super::account::ACCOUNTS;
use crate::{host::Host, page::Allow, spec::Spec};

pub(super) const SITE: &str = "x.com";
pub(super) const API: &str = "api.x.com";

pub(super) static SPEC: Spec = Spec {
    key: "x",
    name: "X",
    about: "Posts with text.",
    hosts: &[Host::new(SITE), Host::new(API)],
    accounts: ACCOUNTS,
    allow: Allow::Nothing,
};
