//! Law 8.

use super::{Law, Target, Violation};
use crate::platform::Platform;

pub(super) fn judge(target: &Target<'_>) -> Option<Violation> {
    let platform = Platform::by_id(target.evidence.fixture.accounts[target.account].platform)?;
    let planned = target.evidence.scenario.posts[target.post].files;
    target.publications().into_iter().find_map(|publication| {
        let marker = publication.marker;
        let files = platform.files(planned, marker.version);
        let expected: Vec<Option<String>> = files.iter().map(|file| file.description(marker)).collect();
        let what = || format!("{marker} has the files {:?} and should have {expected:?}", publication.files);
        (publication.files != expected).then(|| target.violation(Law::Whole, what()))
    })
}
