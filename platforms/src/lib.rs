//! The social networks: what each one is ([`Spec`]) and how to talk to it ([`Adapter`]).
//!
//! Pure: an adapter builds requests and reads responses, without I/O and without a clock. Publishing is a state machine
//! whose state is stored between steps, so that it resumes after a crash.
//!
//! Each network has a folder, and what only one network needs lives there.

mod abilities;
mod adapter;
pub mod bluesky;
mod call;
mod endpoints;
mod error;
pub mod fault;
mod identity;
pub mod instagram;
pub mod media;
pub mod options;
mod platform_id;
mod progress;
mod registry;
mod request;
pub mod spec;
mod state;
pub mod tiktok;
pub mod token_response;
pub mod x;

pub use abilities::Abilities;
pub use adapter::{Adapter, Content, Draft, Task};
pub use bluesky::atproto_client;
pub use call::{Call, Credential, Effect, Frame, Source, Upload};
pub use endpoints::Endpoints;
pub use error::{BrokenRule, Error};
pub use fault::{Category, FaultCode};
pub use identity::Identity;
pub use options::Options;
pub use platform_id::{PlatformId, UnknownPlatform};
pub use progress::{Found, Progress, Published};
pub use registry::{adapter, options_schema, spec};
pub use request::{MAX_ENDPOINT, Request, Response};
pub use spec::Spec;
pub use state::UnreadableState;
pub use token_response::TokenResponse;
