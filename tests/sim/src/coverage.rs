//! What the runs reached.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use publishing::state::Name;

use crate::{fault::Fault, run::Outcome};

#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// How often each fault happened to each kind of call.
    faults: BTreeMap<(String, Fault), usize>,
    /// All that could happen.
    possible: BTreeSet<(String, Fault)>,
    statuses: BTreeMap<(String, String), usize>,
    transitions: BTreeMap<(Name, Name), usize>,
}

impl Coverage {
    pub fn add(&mut self, outcome: &Outcome) {
        for injected in &outcome.injected {
            *self.faults.entry(injected.clone()).or_default() += 1;
        }
        for (call, faults) in outcome.calls.iter().zip(&outcome.applicable) {
            if faults.iter().any(|fault| !self.possible.contains(&(call.clone(), *fault))) {
                self.possible.extend(faults.iter().map(|fault| (call.clone(), *fault)));
            }
        }
        for change in &outcome.statuses {
            *self.statuses.entry(change.clone()).or_default() += 1;
        }
        for transition in &outcome.transitions {
            *self.transitions.entry(*transition).or_default() += 1;
        }
    }

    /// The legal transitions that no run made.
    #[must_use]
    pub fn missing(&self) -> Vec<(Name, Name)> {
        let legal = Name::ALL.into_iter().flat_map(|from| from.next().iter().map(move |to| (from, *to)));
        legal.filter(|transition| !self.transitions.contains_key(transition)).collect()
    }

    pub fn merge(&mut self, other: Self) {
        for (injected, count) in other.faults {
            *self.faults.entry(injected).or_default() += count;
        }
        self.possible.extend(other.possible);
        for (change, count) in other.statuses {
            *self.statuses.entry(change).or_default() += count;
        }
        for (transition, count) in other.transitions {
            *self.transitions.entry(transition).or_default() += count;
        }
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: usize = self.faults.values().sum();
        let (reached, possible) = (self.faults.len(), self.possible.len());
        writeln!(f, "{total} faults; {reached} of {possible} pairs of a kind of call and a fault")?;
        let mut by_fault = BTreeMap::<Fault, usize>::new();
        for ((_, fault), count) in &self.faults {
            *by_fault.entry(*fault).or_default() += count;
        }
        for (fault, count) in by_fault {
            writeln!(f, "{count:>9} {fault}")?;
        }
        writeln!(f, "statuses as answers showed them:")?;
        for ((from, to), count) in &self.statuses {
            writeln!(f, "{count:>9} {from} -> {to}")?;
        }
        writeln!(f, "transitions of states:")?;
        for ((from, to), count) in &self.transitions {
            writeln!(f, "{count:>9} {from:?} -> {to:?}")?;
        }
        for (from, to) in self.missing() {
            writeln!(f, "    never {from:?} -> {to:?}")?;
        }
        Ok(())
    }
}
