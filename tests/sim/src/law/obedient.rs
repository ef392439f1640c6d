//! Law 4.

use chrono::{DateTime, Utc};

use super::{Law, Target, Violation};
use crate::record::Kind;

pub(super) fn judge(target: &Target<'_>) -> Option<Violation> {
    for deed in target.deeds().filter(|deed| deed.done) {
        let Some(answered) = deed.answered_at else { continue };
        let forbidden = |version: usize| match deed.kind {
            Kind::Cancel => true,
            // Of two edits at a time, the one that is answered last stays.
            Kind::Edit(new) => version < new && !edited_since(target, version, answered),
            Kind::Retry | Kind::Resolve { .. } => false,
        };
        let late = target.commits().find(|commit| commit.at > answered && forbidden(commit.marker.version));
        if let Some(commit) = late {
            let (left, answered) = (target.at(commit.at), target.at(answered));
            let what = format!("{} left at {left}, after {:?} was answered at {answered}", commit.marker, deed.kind);
            return Some(target.violation(Law::Obedient, what));
        }
    }
    None
}

/// Whether an edit to this version was answered at `answered` or later.
fn edited_since(target: &Target<'_>, version: usize, answered: DateTime<Utc>) -> bool {
    let edit = |kind: &Kind| matches!(kind, Kind::Edit(edited) if *edited == version);
    target.deeds().any(|deed| deed.done && edit(&deed.kind) && deed.answered_at >= Some(answered))
}
