//! Which transitions happen, for the coverage of the simulation.

use std::cell::RefCell;

use crate::state::Name;

thread_local! {
    static TRANSITIONS: RefCell<Vec<(Name, Name)>> = const { RefCell::new(Vec::new()) };
}

pub(crate) fn note(before: Name, after: Name) {
    if before != after {
        TRANSITIONS.with_borrow_mut(|all| all.push((before, after)));
    }
}

/// The transitions on this thread since this was last called.
#[must_use]
pub fn take_transitions() -> Vec<(Name, Name)> {
    TRANSITIONS.take()
}
