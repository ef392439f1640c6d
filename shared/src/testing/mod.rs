//! For tests: the store on an in-process database with counted calls and capacity, a settable clock, and request
//! builders.

mod capacity;
mod clock;
mod engine;
mod request;

pub use capacity::Units;
pub use clock::SetClock;
pub use engine::Engine;
pub use request::{Ask, TestResponse, gateway_event};
