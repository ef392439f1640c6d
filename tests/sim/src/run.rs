//! One run, from its case to its verdict.

use std::sync::Arc;

use publishing::{state::Name, testing::take_transitions};
use tokio::runtime::{Builder, Runtime};

use crate::{
    agency::Agency,
    case::Case,
    driver::{drive, due_times},
    fault::Fault,
    feed::publications,
    fixture::Fixture,
    injector::Plan,
    law::{Evidence, Violation, judge},
    record::Observation,
    scenario::{base, of_seed},
    step::Scenario,
};

/// What a run shows.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub violations: Vec<Violation>,
    pub trace: Vec<String>,
    /// The kind of each call before the quiet hours, and whether a fault applies to it.
    pub calls: Vec<String>,
    /// The faults, with the kinds of their calls.
    pub injected: Vec<(String, Fault)>,
    /// The faults that apply to each call.
    pub applicable: Vec<Vec<Fault>>,
    /// The changes of targets' statuses that answers showed.
    pub statuses: Vec<(String, String)>,
    /// The transitions of targets' states.
    pub transitions: Vec<(Name, Name)>,
}

/// # Panics
/// If a base is not known.
#[must_use]
pub fn run(case: &Case, kinds: &[Fault]) -> Outcome {
    let (seed, plan, scenario) = match case {
        Case::Seed(seed) => {
            // A quarter of the seeds has no fault, a quarter has one, and so on.
            let most = usize::try_from(*seed % 4).expect("a small number");
            let plan = Plan::Random { kinds: kinds.to_vec(), one_in: 20, most };
            (*seed, plan, of_seed(*seed, kinds))
        }
        Case::At { base: name, faults } => (1, Plan::At(faults.clone()), base(name).expect("a known base")),
        Case::First { base: name, faults } => (1, Plan::First(faults.clone()), base(name).expect("a known base")),
    };
    let skewed = matches!(case, Case::Seed(_)) && kinds.contains(&Fault::Skewed) && seed % 8 > 3;
    let fixture = Fixture::get();
    runtime().block_on(Box::pin(simulate(fixture, seed, plan, skewed, scenario)))
}

/// A runtime on this thread whose time passes only when nothing can run.
pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime on this thread")
}

async fn simulate(fixture: &'static Fixture, seed: u64, plan: Plan, skewed: bool, scenario: Scenario) -> Outcome {
    // Those of a run that panicked.
    drop(take_transitions());
    let world = Arc::new(fixture.world(&scenario.accounts(), seed, plan, skewed).await);
    let began = world.time.now();
    let agency = Arc::new(Agency::new(Arc::clone(&world), fixture, scenario.clone()));
    let ended = drive(&world, &agency, &scenario).await;
    agency.read_all().await;
    let events = agency.events().await;
    let record = agency.record();
    let calls = world.injector.calls();
    let injected = world.injector.injected();
    let evidence = Evidence {
        fixture,
        scenario: &scenario,
        record: &record,
        publications: &publications(&world.network).await,
        commits: &world.network.commits(),
        events: &events,
        due: &due_times(&world).await,
        began,
        ended,
        disturbed: !injected.is_empty() || skewed,
        beyond: injected.iter().any(|(_, fault)| Fault::BEYOND.contains(fault)),
    };
    let violations = judge(&evidence);
    violations.iter().for_each(|violation| world.trace.line(&violation.to_string()));
    Outcome {
        violations,
        trace: world.trace.take(),
        injected: injected.iter().map(|(at, fault)| (calls[*at].to_string(), *fault)).collect(),
        applicable: calls
            .iter()
            .map(|call| Fault::ALL.into_iter().filter(|fault| fault.applies(call)).collect())
            .collect(),
        calls: calls.iter().map(ToString::to_string).collect(),
        statuses: statuses(&record.observations),
        transitions: take_transitions(),
    }
}

fn statuses(observations: &[Observation]) -> Vec<(String, String)> {
    let mut last = std::collections::BTreeMap::new();
    let mut seen = Vec::new();
    for it in observations {
        let before = last.insert((it.post, it.account), it.status.clone()).unwrap_or_else(|| "-".to_owned());
        if before != it.status {
            seen.push((before, it.status.clone()));
        }
    }
    seen
}
