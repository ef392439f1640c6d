//! Decides what happens to each external call, and counts them.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use chrono::TimeDelta;
use fastrand::Rng;
use tokio::time::Instant;

use crate::{
    actor,
    call::{Call, Medium},
    deployment::DISPATCHER,
    fault::{Fault, OUTAGE},
};

/// Which calls fail.
#[derive(Debug, Clone)]
pub(crate) enum Plan {
    /// The calls at these positions.
    At(Vec<(usize, Fault)>),
    /// The first call of each of these kinds.
    First(Vec<(String, Fault)>),
    /// Random ones, at most `most`, each call with a chance of one in `one_in`.
    Random { kinds: Vec<Fault>, one_in: u32, most: usize },
}

/// What happens to a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fate {
    /// The call's position in the run.
    pub(crate) position: usize,
    pub(crate) fault: Option<Fault>,
    /// The time of each way.
    pub(crate) latency: Duration,
}

pub(crate) struct Injector(Mutex<State>);

struct State {
    rng: Rng,
    plan: Plan,
    calls: Vec<Call>,
    injected: Vec<(usize, Fault)>,
    /// Faults that outlast a call, by actor.
    outages: HashMap<usize, (Fault, Instant)>,
    enabled: bool,
    skewed: bool,
}

impl Injector {
    pub(crate) fn new(seed: u64, plan: Plan, skewed: bool) -> Self {
        let rng = Rng::with_seed(seed ^ 0x0066_6175_6c74_7321);
        let state = State {
            rng,
            plan,
            calls: Vec::new(),
            injected: Vec::new(),
            outages: HashMap::new(),
            enabled: true,
            skewed,
        };
        Self(Mutex::new(state))
    }

    /// From now on, nothing fails.
    pub(crate) fn stop(&self) {
        self.lock().enabled = false;
    }

    pub(crate) fn decide(&self, call: &Call) -> Fate {
        self.lock().decide(call)
    }

    /// The skew of an actor's clock, at most 5 s.
    pub(crate) fn skew(&self) -> TimeDelta {
        let mut state = self.lock();
        if !state.skewed {
            return TimeDelta::zero();
        }
        TimeDelta::milliseconds(state.rng.i64(-5000..=5000))
    }

    /// Every call so far, by position.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    /// The faults so far, with the positions of their calls.
    pub(crate) fn injected(&self) -> Vec<(usize, Fault)> {
        self.lock().injected.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().expect("nothing panics while it holds this lock")
    }
}

impl State {
    fn decide(&mut self, call: &Call) -> Fate {
        let position = self.calls.len();
        let latency = Duration::from_millis(match call.medium {
            Medium::Database => self.rng.u64(1..=8),
            Medium::Platform => self.rng.u64(20..=300),
            Medium::Queue => 0,
        });
        if !self.enabled {
            return Fate { position, fault: None, latency };
        }
        self.calls.push(call.clone());
        let actor = actor::current().map(|actor| actor.number);
        if let Some((fault, until)) = actor.and_then(|actor| self.outages.get(&actor))
            && call.medium == Medium::Database
            && Instant::now() < *until
        {
            let fault = Some(*fault).filter(|fault| fault.applies(call));
            return Fate { position, fault, latency };
        }
        let fault = self.choose(position, call).filter(|fault| fault.applies(call));
        if let Some(fault) = fault {
            self.injected.push((position, fault));
            let lasting = match fault {
                Fault::Unreachable | Fault::AnswerLostForGood => Some(Fault::NotSent),
                Fault::ThrottledForGood => Some(Fault::Throttled),
                Fault::ConflictForGood => Some(Fault::Conflict),
                _ => None,
            };
            if let (Some(lasting), Some(actor)) = (lasting, actor) {
                self.outages.insert(actor, (lasting, Instant::now() + OUTAGE));
            }
        }
        Fate { position, fault, latency }
    }

    fn choose(&mut self, position: usize, call: &Call) -> Option<Fault> {
        match &mut self.plan {
            Plan::At(faults) => faults.iter().find(|(at, _)| *at == position).map(|(_, fault)| *fault),
            Plan::First(faults) => {
                let name = call.to_string();
                let at = faults.iter().position(|(kind, _)| *kind == name)?;
                Some(faults.remove(at).1)
            }
            Plan::Random { kinds, one_in, most } => {
                // Most calls are the dispatcher's, and the least can go wrong there.
                let one_in = if call.role == DISPATCHER { *one_in * 10 } else { *one_in };
                let strikes = self.injected.len() < *most && self.rng.u32(..one_in) == 0;
                let kinds: Vec<Fault> = kinds.iter().copied().filter(|kind| strikes && kind.applies(call)).collect();
                (!kinds.is_empty()).then(|| kinds[self.rng.usize(..kinds.len())])
            }
        }
    }
}
