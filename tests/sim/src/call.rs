//! An external call: what a function does that can fail.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Medium {
    Database,
    Platform,
    Queue,
}

/// The kind of a call. Calls of one kind differ in ids only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Call {
    pub(crate) medium: Medium,
    /// The function that makes it.
    pub(crate) role: String,
    pub(crate) what: String,
    /// Whether it may change anything.
    pub(crate) writes: bool,
    /// Whether it reads an index, which is eventually consistent.
    pub(crate) index: bool,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.role, self.what)
    }
}
