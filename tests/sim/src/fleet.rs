//! Many runs, on all processors.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{
    case::Case,
    coverage::Coverage,
    fault::Fault,
    law::Violation,
    run::{Outcome, run},
};

/// Runs cases with these kinds of faults.
#[derive(Debug, Clone)]
pub struct Fleet {
    pub kinds: Vec<Fault>,
    pub threads: usize,
    /// Whether to stop after the first failure.
    pub stops: bool,
}

/// A run that broke a law, or panicked.
#[derive(Debug, Clone)]
pub struct Failure {
    pub case: Case,
    pub violations: Vec<Violation>,
    pub injected: Vec<(String, Fault)>,
    pub panicked: bool,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.case)?;
        if self.panicked {
            write!(f, "\n    panicked")?;
        }
        for violation in &self.violations {
            write!(f, "\n    {violation}")?;
        }
        for (call, fault) in &self.injected {
            write!(f, "\n    {fault} of {call}")?;
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
pub struct Report {
    pub runs: usize,
    pub took: Duration,
    pub failures: Vec<Failure>,
    pub coverage: Coverage,
}

/// What the threads share.
#[derive(Default)]
struct Progress {
    next: AtomicUsize,
    failed: AtomicBool,
    report: Mutex<Report>,
}

impl Fleet {
    /// On every processor.
    #[must_use]
    pub fn new(kinds: Vec<Fault>) -> Self {
        Self { kinds, threads: std::thread::available_parallelism().map_or(1, Into::into), stops: false }
    }

    /// Runs the cases `0..count`.
    ///
    /// # Panics
    /// If a thread cannot be started.
    pub fn run(&self, count: usize, case: impl Fn(usize) -> Case + Sync) -> Report {
        let began = Instant::now();
        let progress = Progress::default();
        std::thread::scope(|scope| {
            for _ in 0..self.threads {
                // A run's futures are large.
                let thread = std::thread::Builder::new().stack_size(16 * 1024 * 1024);
                let work = || self.work(count, &case, &progress);
                thread.spawn_scoped(scope, work).expect("a thread");
            }
        });
        let mut report = progress.report.into_inner().expect("no thread panics while it holds this lock");
        report.failures.sort_by_key(|failure| (failure.violations.first().map(|it| it.law), failure.case.to_string()));
        Report { took: began.elapsed(), ..report }
    }

    fn work(&self, count: usize, case: &(impl Fn(usize) -> Case + Sync), progress: &Progress) {
        let (mut own, Progress { next, failed, report }) = (Report::default(), progress);
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count || (self.stops && failed.load(Ordering::Relaxed)) {
                break;
            }
            let case = case(number);
            own.runs += 1;
            match catch_unwind(AssertUnwindSafe(|| run(&case, &self.kinds))) {
                Err(_) => {
                    failed.store(true, Ordering::Relaxed);
                    own.failures.push(Failure { case, violations: Vec::new(), injected: Vec::new(), panicked: true })
                }
                Ok(outcome) => {
                    own.coverage.add(&outcome);
                    let Outcome { violations, injected, .. } = outcome;
                    if !violations.is_empty() {
                        failed.store(true, Ordering::Relaxed);
                        own.failures.push(Failure { case, violations, injected, panicked: false });
                    }
                }
            }
        }
        let mut report = report.lock().expect("no thread panics while it holds this lock");
        report.runs += own.runs;
        report.failures.extend(own.failures);
        report.coverage.merge(own.coverage);
    }
}
