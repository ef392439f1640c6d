//! What the API answered, and what was asked of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

/// A target's status in an answer.
#[derive(Debug, Clone)]
pub(crate) struct Observation {
    pub(crate) asked_at: DateTime<Utc>,
    pub(crate) at: DateTime<Utc>,
    pub(crate) post: usize,
    /// Index of the fixture's account.
    pub(crate) account: usize,
    pub(crate) status: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Cancel,
    /// Sets this version of the content.
    Edit(usize),
    Retry,
    Resolve {
        account: usize,
        published: bool,
    },
}

/// A request that changes a post.
#[derive(Debug, Clone)]
pub(crate) struct Deed {
    pub(crate) kind: Kind,
    pub(crate) post: usize,
    pub(crate) asked_at: DateTime<Utc>,
    /// When it was answered; `None` without an answer.
    pub(crate) answered_at: Option<DateTime<Utc>>,
    /// Whether it was done, by its answer.
    pub(crate) done: bool,
    /// The accounts that the answer says it changed, where it names them.
    pub(crate) accounts: Option<Vec<usize>>,
}

impl Deed {
    /// Whether it may have been done, for all that the asker knows.
    pub(crate) fn may_be_done(&self) -> bool {
        self.done || self.answered_at.is_none()
    }
}

/// An event of the log.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) post: usize,
    /// Index of the fixture's account; `None` for an event of the post.
    pub(crate) account: Option<usize>,
    pub(crate) status: String,
    /// By the clock of the function that caused it.
    pub(crate) at: DateTime<Utc>,
}

#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) observations: Vec<Observation>,
    pub(crate) deeds: Vec<Deed>,
    /// The last status of each post that an answer showed.
    pub(crate) posts: BTreeMap<usize, String>,
    /// The answers that blame the service itself.
    pub(crate) internal: Vec<String>,
}
