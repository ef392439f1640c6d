//! For tests: the store on an in-process database with counted calls and capacity, a settable clock, and request
//! builders.

mod capacity;
mod clock;
mod due;
mod engine;
mod request;
mod sqs;

pub use capacity::Units;
pub use clock::SetClock;
pub use engine::Engine;
pub use request::{Ask, TestResponse, gateway_event};
pub use sqs::{Refusal, Sqs};
