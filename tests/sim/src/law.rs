//! What must hold, whatever fails.

mod obedient;
mod on_time;
mod once;
mod settled;
mod told;
mod truthful;
mod whole;

use std::fmt;

use chrono::{DateTime, Utc};

use crate::{
    feed::Publication,
    fixture::Fixture,
    network::Commit,
    record::{Deed, Event, Kind, Observation, Record},
    step::Scenario,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Law {
    /// 1: A target is published at most once, unless a person said that it was not there.
    Once = 1,
    /// 2: Every target comes to an end, and none is forgotten.
    Settled,
    /// 3: What was answered is what the platform has.
    Truthful,
    /// 4: Nothing leaves after a cancel or an edit was answered.
    Obedient,
    /// 5: Late is late, not lost, and without a fault not late; nothing leaves after `publishBefore`.
    OnTime,
    /// 6: The log tells each end of a target and of a post, once, and nothing that did not happen.
    Told,
    /// 7: No answer is an internal error: what fails may be tried again.
    Sound,
    /// 8: What is published has the files of its version, in their order and with their descriptions.
    Whole,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub law: Law,
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "law {} ({:?}): {}", self.law as u8, self.law, self.what)
    }
}

/// All that is known of a run at its end.
pub(crate) struct Evidence<'a> {
    pub(crate) fixture: &'a Fixture,
    pub(crate) scenario: &'a Scenario,
    pub(crate) record: &'a Record,
    pub(crate) publications: &'a [Publication],
    pub(crate) commits: &'a [Commit],
    /// The log of events.
    pub(crate) events: &'a [Event],
    /// The times at which something is still due.
    pub(crate) due: &'a [DateTime<Utc>],
    pub(crate) began: DateTime<Utc>,
    pub(crate) ended: DateTime<Utc>,
    /// Whether anything was made to fail.
    pub(crate) disturbed: bool,
    /// Whether a write landed later than is assumed of the platforms.
    pub(crate) beyond: bool,
}

/// One target of a scenario, with what is known of it.
pub(crate) struct Target<'a> {
    evidence: &'a Evidence<'a>,
    post: usize,
    account: usize,
    name: String,
}

impl<'a> Target<'a> {
    fn publications(&self) -> Vec<&'a Publication> {
        let own = |it: &&Publication| it.marker.post == self.post && it.marker.account == self.account;
        self.evidence.publications.iter().filter(own).collect()
    }

    fn commits(&self) -> impl Iterator<Item = &'a Commit> {
        let (post, account) = (self.post, self.account);
        self.evidence.commits.iter().filter(move |it| it.marker.post == post && it.marker.account == account)
    }

    fn observations(&self) -> impl Iterator<Item = &'a Observation> {
        let (post, account) = (self.post, self.account);
        self.evidence.record.observations.iter().filter(move |it| it.post == post && it.account == account)
    }

    /// The requests that changed this target, or may have.
    fn deeds(&self) -> impl Iterator<Item = &'a Deed> {
        let (post, account) = (self.post, self.account);
        let own = move |deed: &&Deed| {
            let named = deed.accounts.as_ref().is_none_or(|accounts| accounts.contains(&account));
            let resolved = !matches!(deed.kind, Kind::Resolve { account: other, .. } if other != account);
            deed.post == post && deed.may_be_done() && named && resolved
        };
        self.evidence.record.deeds.iter().filter(own)
    }

    /// When a person first said that it is not published.
    fn said_not_published(&self) -> Option<DateTime<Utc>> {
        let said = self.deeds().filter(|deed| matches!(deed.kind, Kind::Resolve { published: false, .. }));
        said.map(|deed| deed.asked_at).min()
    }

    fn last_status(&self) -> Option<&'a str> {
        self.observations().last().map(|observation| observation.status.as_str())
    }

    fn violation(&self, law: Law, what: String) -> Violation {
        Violation { law, what: format!("{}: {what}", self.name) }
    }

    /// A time for a message.
    fn at(&self, time: DateTime<Utc>) -> String {
        format!("{:.3} s", (time - self.evidence.began).as_seconds_f64())
    }
}

pub(crate) fn judge(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (post, plan) in evidence.scenario.posts.iter().enumerate() {
        for account in plan.accounts.iter().copied() {
            let connected = &evidence.fixture.accounts[account];
            let name = format!("post {post} on {} of {}", connected.handle, connected.platform);
            let target = Target { evidence, post, account, name };
            violations.extend(once::judge(&target));
            violations.extend(settled::judge(&target));
            violations.extend(truthful::judge(&target));
            violations.extend(obedient::judge(&target));
            violations.extend(on_time::judge(&target));
            violations.extend(told::target(&target));
            violations.extend(whole::judge(&target));
        }
        violations.extend(told::post(evidence, post));
    }
    violations.extend(settled::left_due(evidence));
    let internal = evidence.record.internal.iter();
    violations.extend(internal.map(|what| Violation { law: Law::Sound, what: format!("{what}: an internal error") }));
    violations
}
