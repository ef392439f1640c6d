//! Law 2.

use chrono::TimeDelta;

use super::{Evidence, Law, Target, Violation};

/// How long something may be due at the end: it waits for a tick, or is being worked on.
const WAITS: TimeDelta = TimeDelta::minutes(5);

pub(super) fn judge(target: &Target<'_>) -> Option<Violation> {
    let status = target.last_status()?;
    let stuck = ["scheduled", "sending"].contains(&status);
    stuck.then(|| target.violation(Law::Settled, format!("is still {status} after the quiet hours")))
}

/// What stays in the due index and is never done.
pub(super) fn left_due(evidence: &Evidence<'_>) -> Option<Violation> {
    let oldest = evidence.due.iter().min().filter(|due| **due + WAITS < evidence.ended)?;
    let hours = (evidence.ended - oldest).num_hours();
    Some(Violation { law: Law::Settled, what: format!("something has been due for {hours} h at the end") })
}
