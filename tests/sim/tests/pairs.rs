//! Pairs of faults by kind of call: a part of them. The binary's `--pairs` has all.

use sim::{Fault, pairs};

#[test]
fn a_post_survives_two_faults() {
    let cases = pairs("x", &Fault::ALL);
    assert!(cases.len() > 1000, "{}", cases.len());
    let some: Vec<_> = cases.into_iter().step_by(29).collect();
    super::hold("pairs", &some);
}
