//! Cargo.lock has the fixes of known advisories. The database of all advisories is behind the network, which CI does not
//! have, so a short list of them is kept here.

use std::{cmp::Ordering, collections::BTreeMap, fs};

use chrono::NaiveDate;
use shared::clock::Clock;

use super::root;

/// After this many days the list should be read again. It stays true, so the test only says so.
const FRESH: i64 = 180;

const LIST: &str = include_str!("advisories.txt");

/// The versions of each crate in Cargo.lock.
fn locked(lock: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let find = |name: &str| package.lines().find_map(|line| line.strip_prefix(name)).map(|it| it.trim_matches('"'));
        versions.entry(find("name = ").unwrap()).or_default().push(find("version = ").unwrap());
    }
    versions
}

/// Compares by the numbers of two versions. One before its release is older than the release.
fn compare(one: &str, other: &str) -> Ordering {
    let numbers = |version: &str| -> Vec<u64> {
        let numbers = version.split(['-', '+']).next().unwrap_or_default();
        numbers.split('.').map(|part| part.parse().unwrap()).collect()
    };
    let released = |version: &str| !version.split('+').next().unwrap_or_default().contains('-');
    numbers(one).cmp(&numbers(other)).then(released(one).cmp(&released(other)))
}

/// The crates that lack a fix or are no longer there.
fn faults(list: &str, lock: &str) -> Vec<String> {
    let (locked, mut faults) = (locked(lock), Vec::new());
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let [name, fixed, advisory, _date] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("{line}: a crate, a version, an advisory and a date")
        };
        let Some(versions) = locked.get(name) else {
            faults.push(format!("{name} is no longer in Cargo.lock: remove its line"));
            continue;
        };
        let old = versions.iter().filter(|version| fixed != "-" && compare(version, fixed) == Ordering::Less);
        faults.extend(old.map(|old| format!("{name} {old}: {advisory} is fixed in {fixed}")));
    }
    faults
}

#[test]
fn the_lock_file_has_the_fixes_of_known_advisories() {
    let faults = faults(LIST, &fs::read_to_string(root().join("Cargo.lock")).unwrap());
    assert!(faults.is_empty(), "{faults:#?}");
    let date = LIST.split_whitespace().find_map(|word| word.trim_end_matches(',').parse::<NaiveDate>().ok()).unwrap();
    let age = (Clock::system().now().date_naive() - date).num_days();
    if age > FRESH {
        println!("note: tests/it/tidy/advisories.txt is {age} days old; its first lines say how to read it again");
    }
}

#[test]
fn a_missing_fix_is_noticed() {
    let lock = |version: &str| format!("[[package]]\nname = \"a\"\nversion = \"{version}\"\n");
    let list = "# a comment\na 0.23.9 RUSTSEC-2026-0001 2026-01-01\n";
    assert_eq!(faults(list, &lock("0.23.10")), Vec::<String>::new());
    assert_eq!(faults(list, &lock("0.23.9+sys1")), Vec::<String>::new());
    for old in ["0.23.8", "0.22.20", "0.23.9-rc.1"] {
        assert_eq!(faults(list, &lock(old)), [format!("a {old}: RUSTSEC-2026-0001 is fixed in 0.23.9")]);
    }
    assert_eq!(faults(list, ""), ["a is no longer in Cargo.lock: remove its line"]);
    assert_eq!(faults("a - - -\n", &lock("0.0.1")), Vec::<String>::new());
}
