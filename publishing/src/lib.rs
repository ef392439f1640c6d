//! Publishing one post on one account: the target's record, and what each outcome makes of it.
//!
//! Pure: no I/O and no clock. The caller sends the requests, saves the record, and says what time it is.

pub mod outcome;
pub mod target;

pub use target::{Attempt, Fault, State, Target};
