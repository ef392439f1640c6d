//! The laws of publishing, in simulated worlds. `cargo run -p sim` runs more of them, and replays one.

#![expect(clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod deterministic;
mod pairs;
mod seeds;
mod singles;

use sim::{Case, Coverage, Fault, Fleet};

/// Runs cases with all kinds of faults, and fails with those that broke a law. Returns what they reached.
fn hold(name: &str, cases: &[Case]) -> Coverage {
    let report = Fleet::new(Fault::ALL.to_vec()).run(cases.len(), |n| cases[n].clone());
    let seconds = report.took.as_secs_f64();
    println!("{name}: {} runs in {seconds:.1} s\n{}", report.runs, report.coverage);
    assert_eq!(report.runs, cases.len());
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    let replays = report.failures.iter().map(|it| format!("cargo run -p sim -- --replay '{}'", it.case));
    let replays: Vec<String> = replays.collect();
    assert!(failures.is_empty(), "{name}:\n{}\n\n{}", failures.join("\n"), replays.join("\n"));
    report.coverage
}
