//! Law 3.

use chrono::{DateTime, Utc};

use super::{Law, Target, Violation};
use crate::record::{Kind, Observation};

pub(super) fn judge(target: &Target<'_>) -> Option<Violation> {
    // Of what lands too late, only the last answer has to be true.
    let judged = if target.evidence.beyond { target.observations().count().saturating_sub(1) } else { 0 };
    target.observations().skip(judged).find_map(|observation| match observation.status.as_str() {
        "published" => absent(target, observation),
        "failed" | "canceled" => present(target, observation),
        _ => None,
    })
}

/// Answered `published`, and not there then.
fn absent(target: &Target<'_>, observation: &Observation) -> Option<Violation> {
    let said = |kind: &Kind| matches!(kind, Kind::Resolve { published: true, .. });
    if target.deeds().any(|deed| said(&deed.kind) && deed.asked_at <= observation.at) {
        return None;
    }
    let there = target.publications().iter().any(|publication| publication.at <= observation.at);
    let what = || format!("answered published at {}, and it is not there", target.at(observation.at));
    (!there).then(|| target.violation(Law::Truthful, what()))
}

/// Answered `failed` or `canceled`, and there then or later.
fn present(target: &Target<'_>, observation: &Observation) -> Option<Violation> {
    // A person who says `not_published` answers for it.
    if target.said_not_published().is_some_and(|said| said <= observation.at) {
        return None;
    }
    let publications = target.publications();
    let lie = publications.iter().find(|publication| !retried(target, observation, publication.at))?;
    let (status, at, there) = (&observation.status, target.at(observation.at), target.at(lie.at));
    Some(target.violation(Law::Truthful, format!("answered {status} at {at}, and it is there since {there}")))
}

/// Whether a publication may follow from a retry that came after the answer.
fn retried(target: &Target<'_>, observation: &Observation, published_at: DateTime<Utc>) -> bool {
    target
        .deeds()
        .filter(|deed| deed.kind == Kind::Retry)
        .any(|deed| deed.answered_at.is_none_or(|at| at >= observation.asked_at) && published_at >= deed.asked_at)
}
