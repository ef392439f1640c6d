//! Law 4.

use super::{Law, Target, Violation};
use crate::record::Kind;

pub(super) fn judge(target: &Target<'_>) -> Option<Violation> {
    for deed in target.deeds().filter(|deed| deed.done) {
        let Some(answered) = deed.answered_at else { continue };
        let forbidden = |version: usize| match deed.kind {
            Kind::Cancel => true,
            Kind::Edit(new) => version < new,
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
