//! Every fault at every position of a few scenarios. The binary's `--singles` has more of them.

use sim::{BASES, Fault, singles};

fn hold(base: &str) {
    super::hold(base, &singles(base, &Fault::ALL));
}

#[test]
fn a_post_survives_each_fault_at_each_call() {
    hold("x");
}

#[test]
fn a_cancel_survives_each_fault_at_each_call() {
    hold("cancel");
}

#[test]
fn a_refresh_survives_each_fault_at_each_call() {
    hold("refresh");
}

/// A late write overwrote newer state, and the last piece of an upload was sent twice, before a save named the version that
/// it follows.
#[test]
fn every_scenario_survives_a_late_write_at_each_call() {
    let late = [Fault::Late5, Fault::Late40, Fault::KilledThenLate, Fault::Uploads];
    let cases: Vec<_> = BASES.iter().flat_map(|base| singles(base, &late)).collect();
    super::hold("late", &cases);
}
