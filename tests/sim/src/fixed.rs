//! Fixed cases, run before the seeds: what random cases rarely reach.

mod media;
mod races;
mod transitions;

use chrono::TimeDelta;

use crate::{
    case::Case,
    fault::Fault,
    scenario::{OPENINGS, one},
    step::{Scenario, When},
};

/// A scenario, and faults of its calls by their kind: each entry is for the first call that no earlier entry was for.
struct Fixed {
    name: &'static str,
    faults: &'static [(&'static str, Fault)],
    scenario: fn() -> Option<Scenario>,
}

/// The fixed cases.
#[must_use]
pub fn fixed() -> Vec<Case> {
    let plain = |name: &str| Case::At { base: name.to_owned(), faults: Vec::new() };
    let own = |it: &Fixed| Case::First {
        base: it.name.to_owned(),
        faults: it.faults.iter().map(|(kind, fault)| ((*kind).to_owned(), *fault)).collect(),
    };
    [OPENINGS, "reopened", "reconnect"].map(plain).into_iter().chain(all().map(own)).collect()
}

/// The scenario of a fixed case.
pub(crate) fn scenario(name: &str) -> Option<Scenario> {
    (all().find(|it| it.name == name)?.scenario)()
}

pub(crate) fn is_known(name: &str) -> bool {
    all().any(|it| it.name == name)
}

fn all() -> impl Iterator<Item = &'static Fixed> {
    races::ALL.iter().chain(&transitions::ALL).chain(&media::ALL)
}

const fn second(n: i64) -> TimeDelta {
    TimeDelta::seconds(n)
}

fn bluesky() -> Option<Scenario> {
    one("bluesky", "demo-shop.test", When::Now)
}
