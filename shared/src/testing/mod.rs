//! For tests: the store on a real engine in this process, calls counted; a clock that is set; request builders.

mod clock;
mod engine;
mod request;

pub use clock::SetClock;
pub use engine::Engine;
pub use request::{Answer, Ask, gateway_event};
