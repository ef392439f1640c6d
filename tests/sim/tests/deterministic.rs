//! A run follows from its case alone.

use sim::{Case, Fault, run};

#[test]
fn a_seed_has_one_trace() {
    for seed in 0..16 {
        let [first, second] = [(), ()].map(|()| run(&Case::Seed(seed), &Fault::ALL).trace);
        assert!(first.len() > 10, "{first:?}");
        let differs = first.iter().zip(&second).find(|(first, second)| first != second);
        assert_eq!(differs, None, "seed {seed}");
        assert_eq!(first.len(), second.len(), "seed {seed}");
    }
}

#[test]
fn another_seed_has_another_trace() {
    let [first, second] = [1, 2].map(|seed| run(&Case::Seed(seed), &[]).trace);
    assert_ne!(first, second);
}
