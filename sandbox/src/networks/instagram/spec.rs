//! Instagram's name, hosts and accounts.

use super::account::ACCOUNTS;
use crate::{host::Host, page::Allow, spec::Spec};

pub(super) const SITE: &str = "www.instagram.com";
pub(super) const API: &str = "api.instagram.com";
pub(super) const GRAPH: &str = "graph.instagram.com";

pub(super) static SPEC: Spec = Spec {
    key: "instagram",
    name: "Instagram",
    about: "Posts with images, reels and carousels.",
    hosts: &[Host::new(SITE), Host::new(API), Host::new(GRAPH)],
    accounts: ACCOUNTS,
    allow: Allow::Media,
};
