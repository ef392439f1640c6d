//! Publishing one post on one account: the target's record and its transitions after each outcome.
//!
//! Pure: no I/O and no clock. The caller sends the requests, saves the record and passes the time.

pub mod outcome;
pub mod target;

pub use target::{Attempt, Fault, State, Target};
