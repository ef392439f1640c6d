//! Random scenarios with random faults, and the cases that broke a law once.

use sim::Case;

/// In the dev profile a seed takes a fifth of a second of processor time. `cargo run -p sim -- --seeds 100000` runs more.
const SEEDS: u64 = 300;

/// A write that landed late and overwrote newer state, and last pieces of an upload that were sent twice.
const BROKEN_BEFORE: [&str; 10] = [
    "tiktok@13=Late5",
    "tiktok@15=Late5",
    "tiktok@19=Late5",
    "tiktok@69=Late40",
    "x@12=Late5",
    "instagram@21=Late40",
    "instagram@23=Late40",
    "instagram@25=Late40",
    "scheduled@26=Late5",
    "refresh@30=Late5",
];

#[test]
fn the_laws_hold_for_each_seed() {
    super::hold("seeds", &(0..SEEDS).map(Case::Seed).collect::<Vec<_>>());
}

#[test]
fn the_laws_hold_where_they_were_broken_before() {
    super::hold("broken before", &BROKEN_BEFORE.map(|case| case.parse().unwrap()));
}
