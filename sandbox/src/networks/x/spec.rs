//! X's name, hosts and accounts.

use super::{account::ACCOUNTS, append};
use crate::{host::Host, page::Allow, spec::Spec};

pub(super) const SITE: &str = "x.com";
pub(super) const API: &str = "api.x.com";

pub(super) static SPEC: Spec = Spec {
    key: "x",
    name: "X",
    about: "Posts with text, images, GIFs, videos and polls.",
    hosts: &[Host::new(SITE), Host::with_uploads(API, append::LARGEST_BODY)],
    accounts: ACCOUNTS,
    allow: Allow::Nothing,
};
