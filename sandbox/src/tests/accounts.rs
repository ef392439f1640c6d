//! The test accounts have ids and usernames as their networks assign them.

use std::{collections::BTreeSet, ops::RangeInclusive};

use crate::{networks, spec::Spec};

pub(super) fn spec(key: &str) -> &'static Spec {
    networks::by_key(key).unwrap().spec()
}

pub(super) fn usernames(key: &str) -> impl Iterator<Item = &'static str> {
    spec(key).accounts.iter().map(|account| account.username)
}

/// Ids and usernames are unique, and ids fit into 64 bits.
fn assert_named(key: &str, id: fn(&str) -> bool, length: RangeInclusive<usize>, character: fn(char) -> bool) {
    let accounts = spec(key).accounts;
    let ids: BTreeSet<_> = accounts.iter().map(|account| account.id).collect();
    let names: BTreeSet<_> = usernames(key).collect();
    assert_eq!((ids.len(), names.len()), (accounts.len(), accounts.len()));
    assert!(ids.iter().all(|known| known.parse::<i64>().is_ok() && id(known)));
    for name in names {
        assert!(length.contains(&name.len()) && name.chars().all(character), "{name}");
    }
}

#[test]
fn accounts_have_usernames_and_ids_of_their_networks() {
    assert_named("x", |id| id.len() <= 19, 1..=15, |c| c.is_ascii_alphanumeric() || c == '_');
    let instagram = |id: &str| id.len() == 17 && id.starts_with("178414");
    assert_named("instagram", instagram, 1..=30, |c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    assert_named("tiktok", |_| true, 2..=24, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
}
