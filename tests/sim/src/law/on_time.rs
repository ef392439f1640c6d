//! Law 5.

use chrono::TimeDelta;

use super::{Law, Target, Violation};
use crate::{platform::GOOD, step::When};

/// The skew of a clock, and the time in which a request is written.
const ALLOWED: TimeDelta = TimeDelta::seconds(7);
/// How long an undisturbed post takes at most. The platforms process media for a while.
const USUAL: TimeDelta = TimeDelta::seconds(60);

pub(super) fn judge(target: &Target<'_>) -> Option<Violation> {
    expired(target).or_else(|| late(target))
}

/// A commit after `publishBefore`.
fn expired(target: &Target<'_>) -> Option<Violation> {
    let before = target.evidence.began + target.evidence.scenario.posts[target.post].publish_before?;
    let commit = target.commits().find(|commit| commit.at > before + ALLOWED)?;
    let what = format!("left at {}, after publishBefore, {}", target.at(commit.at), target.at(before));
    Some(target.violation(Law::OnTime, what))
}

/// Nothing failed, and nobody touched the post.
fn late(target: &Target<'_>) -> Option<Violation> {
    let evidence = target.evidence;
    let good = evidence.fixture.accounts[target.account].handle == GOOD;
    let touched = evidence.record.deeds.iter().any(|deed| deed.post == target.post);
    let disconnected = evidence.scenario.steps.iter().any(|(_, step)| matches!(step, crate::step::Step::Disconnect(_)));
    if evidence.disturbed || touched || disconnected || !good {
        return None;
    }
    let created = target.observations().next()?.asked_at;
    let due = match evidence.scenario.posts[target.post].when {
        When::Now => created,
        When::At(at) => evidence.began + at,
        When::Draft => return None,
    };
    let published = target.publications().first().map(|publication| publication.at);
    let late = published.is_none_or(|at| at > due + USUAL);
    let what = || format!("due at {} and published at {:?}", target.at(due), published.map(|at| target.at(at)));
    late.then(|| target.violation(Law::OnTime, what()))
}
