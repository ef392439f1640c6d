//! Pairs of faults by kind of call: a part of them. The binary's `--pairs` has all.

use sim::{Fault, pairs, successive};

#[test]
fn a_post_survives_two_faults() {
    let cases = pairs("x", &Fault::ALL);
    assert!(cases.len() > 1000, "{}", cases.len());
    let some: Vec<_> = cases.into_iter().step_by(29).collect();
    super::hold("pairs", &some);
}

/// The worker of a deleted target held the fencing token that the worker of the next one was given.
#[test]
fn a_reopened_post_survives_two_slow_workers() {
    let cases = successive("reopened", Fault::Slow, "publish-target");
    assert!(cases.len() > 10, "{}", cases.len());
    super::hold("reopened", &cases);
}
