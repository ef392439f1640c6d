//! `cargo run -p sim -- --seeds 100000`; `--replay SEED` prints a trace.

use std::process::ExitCode;

use clap::Parser;
use sim::{BASES, Case, Fault, Fleet, Report, run};

/// Simulates publishing, with faults, and checks that its laws hold.
#[derive(Parser)]
struct Arguments {
    /// How many seeds to run.
    #[arg(long, default_value_t = 10_000)]
    seeds: usize,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Run the fixed scenarios with each fault at each position.
    #[arg(long)]
    singles: bool,
    /// Run the fixed scenarios with each pair of faults, by kind of call.
    #[arg(long)]
    pairs: bool,
    /// Inject these faults only.
    #[arg(long, value_delimiter = ',')]
    faults: Vec<Fault>,
    /// Print the trace of one case: a seed, or what a failure printed.
    #[arg(long)]
    replay: Option<Case>,
}

impl Arguments {
    fn kinds(&self) -> Vec<Fault> {
        if self.faults.is_empty() { Fault::ALL.to_vec() } else { self.faults.clone() }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let kinds = arguments.kinds();
    if let Some(case) = &arguments.replay {
        let outcome = run(case, &kinds);
        outcome.trace.iter().for_each(|line| println!("{line}"));
        return ExitCode::from(u8::from(!outcome.violations.is_empty()));
    }
    let fleet = Fleet::new(kinds.clone());
    let mut good = true;
    if arguments.singles || arguments.pairs {
        // One of the scenarios uploads a file.
        let uploads = kinds.contains(&Fault::Uploads);
        for base in BASES.into_iter().filter(|base| uploads || *base != "tiktok") {
            let cases = if arguments.pairs { sim::pairs(base, &kinds) } else { sim::singles(base, &kinds) };
            good &= print(base, &fleet.run(cases.len(), |n| cases[n].clone()));
        }
    } else {
        let from = arguments.from;
        good = print("seeds", &fleet.run(arguments.seeds, |n| Case::Seed(from + n as u64)));
    }
    ExitCode::from(u8::from(!good))
}

/// Whether no law was broken.
fn print(name: &str, report: &Report) -> bool {
    for failure in &report.failures {
        println!("{failure}");
    }
    if let Some(failure) = report.failures.first() {
        println!("replay one with: cargo run -p sim -- --replay '{}'", failure.case);
    }
    let seconds = report.took.as_secs_f64();
    let rate = report.runs as f64 / seconds;
    println!("{}", report.coverage);
    println!("{name}: {} runs in {seconds:.1} s, {rate:.0} a second, {} failed", report.runs, report.failures.len());
    report.failures.is_empty()
}
