//! What an agency does, and when.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::files::Files;

/// A post that a scenario creates.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlannedPost {
    /// Indexes of the fixture's accounts.
    pub(crate) accounts: Vec<usize>,
    pub(crate) when: When,
    /// After the start of the run, as all times here.
    pub(crate) publish_before: Option<TimeDelta>,
    pub(crate) files: Files,
    /// What ends its texts: it tells an account that is scripted what fails.
    pub(crate) script: &'static str,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum When {
    #[default]
    Now,
    At(TimeDelta),
    Draft,
}

/// One request, or a few that belong together. Posts are named by their index in the scenario.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Create(usize),
    /// Changes the content, and the schedule if one is given.
    Edit(usize, Option<When>),
    Cancel(usize),
    Retry(usize),
    /// A person looks at the platforms and resolves each unconfirmed target.
    Resolve(usize),
    Read(usize),
    List,
    Disconnect(usize),
    Reconnect(usize),
    /// An attribute of the stored targets becomes unreadable, as after a return to an earlier version of the code.
    Spoil(usize, &'static str),
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Scenario {
    pub(crate) posts: Vec<PlannedPost>,
    pub(crate) steps: Vec<(TimeDelta, Step)>,
}

impl Scenario {
    /// The accounts that take part.
    pub(crate) fn accounts(&self) -> BTreeSet<usize> {
        let stepped = self.steps.iter().filter_map(|(_, step)| match step {
            Step::Disconnect(account) | Step::Reconnect(account) => Some(*account),
            _ => None,
        });
        self.posts.iter().flat_map(|post| post.accounts.iter().copied()).chain(stepped).collect()
    }

    /// When the last step and the last due time are past by a while.
    pub(crate) fn end(&self) -> TimeDelta {
        let due = self.posts.iter().filter_map(|post| match post.when {
            When::At(at) => Some(at),
            When::Now | When::Draft => None,
        });
        let edits = self.steps.iter().filter_map(|(_, step)| match step {
            Step::Edit(_, Some(When::At(at))) => Some(*at),
            _ => None,
        });
        let last = self.steps.iter().map(|(at, _)| *at).chain(due).chain(edits).max().unwrap_or_default();
        last + TimeDelta::minutes(5)
    }
}
