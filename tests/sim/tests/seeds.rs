//! Random scenarios with random faults.

use sim::Case;

/// In the dev profile a seed takes 80 ms of processor time. `cargo run -p sim -- --seeds 100000` runs more.
const SEEDS: u64 = 2000;

#[test]
fn the_laws_hold_for_each_seed() {
    super::hold("seeds", &(0..SEEDS).map(Case::Seed).collect::<Vec<_>>());
}
