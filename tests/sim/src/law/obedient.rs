//! Law 4.

use chrono::{DateTime, Utc};

use super::{Law, Target, Violation};
use crate::{network::Commit, record::Kind};

pub(super) fn judge(target: &Target<'_>) -> Option<Violation> {
    for deed in target.deeds().filter(|deed| deed.done) {
        let Some(answered) = deed.answered_at else { continue };
        let forbidden = |commit: &&Commit| match deed.kind {
            // A request on record may be leaving, or be repeated with a nonce; the answer says `sending`.
            Kind::Cancel if target.sending(answered) => commit.begun > answered,
            Kind::Cancel => commit.at > answered,
            // Of two edits at a time, the one that is answered last stays.
            Kind::Edit(new) => {
                let version = commit.marker.version;
                commit.at > answered && version < new && !edited_since(target, version, answered)
            }
            Kind::Retry | Kind::Resolve { .. } => false,
        };
        let late = target.commits().find(forbidden);
        if let Some(commit) = late {
            let (left, answered) = (target.at(commit.at), target.at(answered));
            let what = format!("{} left at {left}, after {:?} was answered at {answered}", commit.marker, deed.kind);
            return Some(target.violation(Law::Obedient, what));
        }
    }
    None
}

impl Target<'_> {
    /// Whether the answer at this time said that a request may be on its way.
    fn sending(&self, answered: DateTime<Utc>) -> bool {
        self.observations().any(|it| it.at == answered && ["sending", "unconfirmed"].contains(&it.status.as_str()))
    }
}

/// Whether an edit to this version was answered at `answered` or later.
fn edited_since(target: &Target<'_>, version: usize, answered: DateTime<Utc>) -> bool {
    let edit = |kind: &Kind| matches!(kind, Kind::Edit(edited) if *edited == version);
    target.deeds().any(|deed| deed.done && edit(&deed.kind) && deed.answered_at >= Some(answered))
}
