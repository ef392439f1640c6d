//! Law 1.

use super::{Law, Target, Violation};

pub(super) fn judge(target: &Target<'_>) -> Option<Violation> {
    let publications = target.publications();
    if publications.len() < 2 || target.said_not_published().is_some() {
        return None;
    }
    let times: Vec<String> = publications.iter().map(|it| format!("{} at {}", it.marker, target.at(it.at))).collect();
    Some(target.violation(Law::Once, format!("published {} times: {}", times.len(), times.join(", "))))
}
