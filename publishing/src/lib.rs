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
#[cfg(feature = "testing")]
pub mod testing;

pub use event::{Event, Resolution};
pub use fault::Fault;
pub use ledger::{Attempt, LEDGER};
pub use machine::{At, Todo};
pub use state::State;
pub use status::Status;
pub use target::{Sent, Target};

/// The duration with a sign; the longest one if it is too long.
#[must_use]
pub fn to_chrono(duration: std::time::Duration) -> chrono::Duration {
    chrono::Duration::from_std(duration).unwrap_or(chrono::Duration::MAX)
}
