//! Law 6.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{Evidence, Law, Target, Violation};
use crate::record::Event;

/// What a target may be at its end, with an event.
const ENDS: [&str; 4] = ["published", "failed", "held", "unconfirmed"];
/// What a post may be at its end, with an event.
const WHOLE: [&str; 5] = ["published", "partially_published", "failed", "needs_attention", "canceled"];

/// How far the clocks of two functions may differ. Events that are closer to each other may be in either order.
const SKEW: TimeDelta = TimeDelta::seconds(10);

/// Whether the last event says this, or one that may have come after it.
fn says(events: &[&Event], status: &str) -> bool {
    let Some(last) = events.last() else { return false };
    events.iter().any(|event| event.status == status && last.at - event.at <= SKEW)
}

/// The last event of a target says what it is, and being published is told once.
pub(super) fn target(target: &Target<'_>) -> Option<Violation> {
    let own = |event: &&Event| event.post == target.post && event.account == Some(target.account);
    let events: Vec<&Event> = target.evidence.events.iter().filter(own).collect();
    let told = events.last().map(|event| event.status.as_str());
    let status = target.last_status()?;
    if ENDS.contains(&status) && !says(&events, status) {
        return Some(target.violation(Law::Told, format!("is {status}, and the log says {told:?}")));
    }
    let times = events.iter().filter(|event| event.status == "published").count();
    (times > 1).then(|| target.violation(Law::Told, format!("the log says {times} times that it was published")))
}

/// The last event of a post says what it is, its creation is told once, and no event has the id of another.
pub(super) fn post(evidence: &Evidence<'_>, post: usize) -> Option<Violation> {
    let violation = |what: String| Some(Violation { law: Law::Told, what: format!("post {post}: {what}") });
    let ids: BTreeSet<&str> = evidence.events.iter().map(|event| event.id.as_str()).collect();
    if ids.len() < evidence.events.len() {
        return violation("two events have one id".into());
    }
    let status = evidence.record.posts.get(&post)?;
    let own = || evidence.events.iter().filter(|event| event.post == post && event.account.is_none());
    let created = own().filter(|event| event.kind == "post.created").count();
    if created != 1 {
        return violation(format!("was created {created} times, by the log"));
    }
    let events: Vec<&Event> = own().filter(|event| WHOLE.contains(&event.status.as_str())).collect();
    let told = events.last().map(|event| event.status.as_str());
    if WHOLE.contains(&status.as_str()) && !says(&events, status) {
        violation(format!("is {status}, and the log says {told:?}"))
    } else {
        None
    }
}
