//! The fixed scenarios with faults: each fault at each position, and pairs by kind of call.

use std::collections::BTreeSet;

use crate::{case::Case, fault::Fault, run::run};

/// The scenario without a fault, and with each of these faults at each position.
#[must_use]
pub fn singles(base: &str, kinds: &[Fault]) -> Vec<Case> {
    let at = |faults| Case::At { base: base.to_owned(), faults };
    let outcome = run(&at(Vec::new()), kinds);
    let mut cases = vec![at(Vec::new())];
    for (position, faults) in outcome.applicable.iter().enumerate() {
        cases.extend(faults.iter().filter(|it| kinds.contains(it)).map(|fault| at(vec![(position, *fault)])));
    }
    cases
}

/// The scenario with each pair of faults, each at the first call of a kind.
#[must_use]
pub fn pairs(base: &str, kinds: &[Fault]) -> Vec<Case> {
    let outcome = run(&Case::At { base: base.to_owned(), faults: Vec::new() }, kinds);
    let calls: BTreeSet<(String, Fault)> = outcome
        .calls
        .iter()
        .zip(&outcome.applicable)
        .flat_map(|(call, faults)| faults.iter().map(|fault| (call.clone(), *fault)))
        .filter(|(_, fault)| kinds.contains(fault))
        .collect();
    let calls: Vec<(String, Fault)> = calls.into_iter().collect();
    let mut cases = Vec::new();
    for (n, first) in calls.iter().enumerate() {
        for second in &calls[n..] {
            cases.push(Case::First { base: base.to_owned(), faults: vec![first.clone(), second.clone()] });
        }
    }
    cases
}

/// The scenario with a fault at each two calls of a function, of which the second comes after the first.
#[must_use]
pub fn successive(base: &str, fault: Fault, role: &str) -> Vec<Case> {
    let at = |faults| Case::At { base: base.to_owned(), faults };
    let positions = |faults: Vec<(usize, Fault)>, from: usize| -> Vec<usize> {
        let outcome = run(&at(faults), &[fault]);
        let calls = outcome.calls.iter().zip(&outcome.applicable).enumerate().skip(from);
        let own = calls.filter(|(_, (call, faults))| call.starts_with(role) && faults.contains(&fault));
        own.map(|(position, _)| position).collect()
    };
    let mut cases = Vec::new();
    for first in positions(Vec::new(), 0) {
        let seconds = positions(vec![(first, fault)], first + 1);
        cases.extend(seconds.into_iter().map(|second| at(vec![(first, fault), (second, fault)])));
    }
    cases
}
