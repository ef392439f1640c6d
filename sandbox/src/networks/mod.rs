//! The list of networks. Each one is a private module, and the rest of the crate sees it as a [`Network`] only.

mod bluesky;
mod instagram;
mod tiktok;
mod x;

use crate::network::Network;

/// In the order of the front page.
pub(crate) static ALL: &[&dyn Network] = &[&x::X, &instagram::Instagram, &tiktok::TikTok, &bluesky::Bluesky];

/// The network that has this host.
pub(crate) fn by_host(host: &str) -> Option<&'static dyn Network> {
    ALL.iter().copied().find(|network| network.spec().hosts.iter().any(|known| known.is(host)))
}

pub(crate) fn by_key(key: &str) -> Option<&'static dyn Network> {
    ALL.iter().copied().find(|network| network.spec().key == key)
}
