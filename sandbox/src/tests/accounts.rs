//! The test accounts, named as their networks would name them.

use std::collections::BTreeSet;

use crate::{instagram::Instagram, network::Network, tiktok::TikTok, x::X};

pub(super) fn usernames<N: Network>() -> impl Iterator<Item = &'static str> {
    N::ACCOUNTS.iter().map(|account| account.username)
}

/// Ids and usernames are each account's own, the ids within 64 bits, and both as the network has them.
fn named_as<N: Network>(id: fn(&str) -> bool, length: std::ops::RangeInclusive<usize>, character: fn(char) -> bool) {
    let ids: BTreeSet<_> = N::ACCOUNTS.iter().map(|account| account.id).collect();
    let names: BTreeSet<_> = usernames::<N>().collect();
    assert_eq!((ids.len(), names.len()), (N::ACCOUNTS.len(), N::ACCOUNTS.len()));
    assert!(ids.iter().all(|known| known.parse::<i64>().is_ok() && id(known)));
    for name in names {
        assert!(length.contains(&name.len()) && name.chars().all(character), "{name}");
    }
}

#[test]
fn accounts_have_usernames_and_ids_as_their_networks_give_them() {
    named_as::<X>(|id| id.len() <= 19, 1..=15, |c| c.is_ascii_alphanumeric() || c == '_');
    let instagram = |id: &str| id.len() == 17 && id.starts_with("178414");
    named_as::<Instagram>(instagram, 1..=30, |c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    named_as::<TikTok>(|_| true, 2..=24, |c| c.is_ascii_lowercase() || c == '_');
}
