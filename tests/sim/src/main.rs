//! `cargo run -p sim -- --seeds 100000`; `--replay SEED` prints a trace.

#![expect(clippy::indexing_slicing, reason = "a simulation that cannot go on has failed")]

use std::process::ExitCode;

use clap::Parser;
use sim::{BASES, Case, Fault, Fleet, MUTATIONS, Mutation, Report, TOGETHER, UPLOADING, applied, fixed, mutate, run};

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
    /// Take away the defence of this name. Several are taken away together.
    #[arg(long)]
    mutation: Vec<String>,
    /// Take away each defence, and print after how many runs a law is broken.
    #[arg(long)]
    mutations: bool,
    /// Stop after the first broken law.
    #[arg(long)]
    stop: bool,
    /// Inject these faults only.
    #[arg(long, value_delimiter = ',')]
    faults: Vec<Fault>,
    /// Print the trace of one case: a seed, or what a failure printed.
    #[arg(long)]
    replay: Option<Case>,
}

impl Arguments {
    /// First the fixed cases, then the seeds.
    fn cases(&self) -> Vec<Case> {
        let end = self.from + self.seeds as u64;
        fixed().into_iter().chain((self.from..end).map(Case::Seed)).collect()
    }

    fn kinds(&self) -> Vec<Fault> {
        if self.faults.is_empty() { Fault::ALL.to_vec() } else { self.faults.clone() }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let kinds = arguments.kinds();
    if arguments.mutations {
        return survive(&arguments, &kinds);
    }
    let Some(mutations) = find(&arguments.mutation) else {
        eprintln!("There is no such mutation. Choose of {:?}", MUTATIONS.map(|mutation| mutation.name));
        return ExitCode::FAILURE;
    };
    mutate(&mutations);
    if let Some(case) = &arguments.replay {
        let outcome = run(case, &kinds);
        outcome.trace.iter().for_each(|line| println!("{line}"));
        return ExitCode::from(u8::from(!outcome.violations.is_empty()));
    }
    let fleet = Fleet { stops: arguments.stop, ..Fleet::new(kinds.clone()) };
    let mut good = true;
    if arguments.singles || arguments.pairs {
        let uploads = kinds.contains(&Fault::Uploads);
        for base in BASES.into_iter().filter(|base| uploads || !UPLOADING.contains(base)) {
            let cases = if arguments.pairs { sim::pairs(base, &kinds) } else { sim::singles(base, &kinds) };
            good &= print(base, &fleet.run(cases.len(), |n| cases[n].clone()));
        }
    } else {
        let cases = arguments.cases();
        good = print("seeds", &fleet.run(cases.len(), |n| cases[n].clone()));
    }
    ExitCode::from(u8::from(!good))
}

/// The mutations of these names; `None` if one is not known.
fn find<T: AsRef<str>>(names: &[T]) -> Option<Vec<Mutation>> {
    names.iter().map(|name| MUTATIONS.into_iter().find(|mutation| mutation.name == name.as_ref())).collect()
}

/// Fails if the laws do not notice one of the mutations.
fn survive(arguments: &Arguments, kinds: &[Fault]) -> ExitCode {
    let (mut noticed, cases) = (true, arguments.cases());
    println!("| mutation | red after | law |\n|---|---|---|");
    let alone = MUTATIONS.iter().map(|mutation| vec![mutation.name]);
    for names in alone.chain(TOGETHER.iter().map(|names| names.to_vec())) {
        if !arguments.mutation.is_empty() && !arguments.mutation.iter().any(|name| names.contains(&name.as_str())) {
            continue;
        }
        mutate(&find(&names).unwrap_or_default());
        let name = names.join(" + ");
        let fleet = Fleet { stops: true, ..Fleet::new(kinds.to_vec()) };
        let report = fleet.run(cases.len(), |n| cases[n].clone());
        match report.failures.first() {
            Some(failure) => {
                let broken =
                    failure.violations.first().map_or_else(|| "panic".to_owned(), |it| format!("{:?}", it.law));
                println!("| {name} | {} | {broken}, `{}` |", report.runs, failure.case);
            }
            None if applied() == 0 => println!("| {name} | never | {} runs never sent it |", report.runs),
            None => println!("| {name} | never | {} runs |", report.runs),
        }
        noticed &= !report.failures.is_empty();
    }
    ExitCode::from(u8::from(!noticed))
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
