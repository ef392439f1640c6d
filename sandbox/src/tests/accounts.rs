//! The test accounts have ids and usernames as their networks assign them.

use std::{collections::BTreeSet, ops::RangeInclusive};

use crate::{networks, spec::Spec};

pub(super) fn spec(key: &str) -> &'static Spec {
    networks::by_key(key).unwrap().spec()
}

pub(super) fn usernames(key: &str) -> impl Iterator<Item = &'static str> {
    spec(key).accounts.iter().map(|account| account.username)
}

/// Ids and usernames are unique.
fn assert_named(key: &str, id: fn(&str) -> bool, length: RangeInclusive<usize>, character: fn(char) -> bool) {
    let accounts = spec(key).accounts;
    let ids: BTreeSet<_> = accounts.iter().map(|account| account.id).collect();
    let names: BTreeSet<_> = usernames(key).collect();
    assert_eq!((ids.len(), names.len()), (accounts.len(), accounts.len()));
    assert!(ids.iter().all(|known| id(known)));
    for name in names {
        assert!(length.contains(&name.len()) && name.chars().all(character), "{name}");
    }
}

/// Whether an id is a number of 64 bits.
fn fits(id: &str) -> bool {
    id.parse::<i64>().is_ok()
}

#[test]
fn accounts_have_usernames_and_ids_of_their_networks() {
    assert_named("x", |id| id.len() <= 19 && fits(id), 1..=15, |c| c.is_ascii_alphanumeric() || c == '_');
    let instagram = |id: &str| id.len() == 17 && id.starts_with("178414") && fits(id);
    assert_named("instagram", instagram, 1..=30, |c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    assert_named("tiktok", fits, 2..=24, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let did = |id: &str| {
        let id = id.strip_prefix("did:plc:").unwrap();
        id.len() == 24 && id.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'))
    };
    assert_named("bluesky", did, 8..=253, |c| c.is_ascii_lowercase() || c == '-' || c == '.');
    assert!(usernames("bluesky").all(|handle| handle.ends_with(".test")));
}
