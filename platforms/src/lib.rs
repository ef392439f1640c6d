//! The social networks: what each one is ([`Spec`]) and what it does ([`Adapter`]).
//!
//! An adapter builds requests and reads answers; it performs no I/O and reads no clock. Publishing is a small state
//! machine: its state is saved between steps, so that it resumes after a crash.
//!
//! Each network has a folder. What only one network needs lives there.

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
mod request;
pub mod spec;
mod state;
pub mod tiktok;
pub mod x;

use bytes::Bytes;

pub use adapter::{Adapter, Draft, Task};
pub use call::{Call, Effect, Upload};
pub use endpoints::Endpoints;
pub use error::{BrokenRule, Error};
pub use fault::{Category, FaultCode};
pub use identity::Identity;
pub use options::Options;
pub use platform_id::{PlatformId, UnknownPlatform};
pub use progress::{Progress, Published};
pub use spec::Spec;

/// A request to a platform. The caller adds the credential.
pub type Request = http::Request<Bytes>;
/// A platform's answer, whole.
pub type Response = http::Response<Bytes>;

/// The adapter of a platform.
#[must_use]
pub const fn adapter(platform: PlatformId) -> &'static dyn Adapter {
    match platform {
        PlatformId::Bluesky => &bluesky::Bluesky,
        PlatformId::Instagram => &instagram::Instagram,
        PlatformId::TikTok => &tiktok::TikTok,
        PlatformId::X => &x::X,
    }
}

/// What a platform is.
#[must_use]
pub fn spec(platform: PlatformId) -> &'static Spec {
    adapter(platform).spec()
}
