//! For tests: the store on a real engine in this process, calls and capacity counted; a clock that is set; request builders.

mod capacity;
mod clock;
mod engine;
mod request;

pub use capacity::Units;
pub use clock::SetClock;
pub use engine::Engine;
pub use request::{Answer, Ask, gateway_event};
