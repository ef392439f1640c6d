//! Publishing one post on one account: the target's record, and the one function that changes it.
//!
//! Pure: no I/O and no clock. The caller sends the requests, saves the record and passes the time.

pub mod event;
mod fault;
mod ledger;
mod machine;
pub mod state;
mod status;
mod target;

pub use event::{Event, Resolution};
pub use fault::{Fault, excerpt};
pub use ledger::{Attempt, LEDGER};
pub use machine::{At, Todo};
pub use state::State;
pub use status::Status;
pub use target::{Sent, Target};
