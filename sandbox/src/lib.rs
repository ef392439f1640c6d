//! Simulated social networks. Each one answers in the wire protocol of its platform and refuses what the platform
//! refuses, so a publisher can be tested without an account on the real platform.
//!
//! Modules import in one direction only:
//!
//! - At the bottom are the modules that every network may use: requests and replies (`authorization`, `content_type`,
//!   `fields`, `reply`, `page`, `notice`, `answer`), state (`store`, `secret`, `config`, `context`), test accounts (`account`,
//!   `behavior`, `script`, `first_time`), `spec`, `host`, `oauth`, `media`, `fetch` and `posts`.
//! - `network` is the trait that a network implements.
//! - Each folder of `networks` is one network. It uses the modules above, and neither another network nor `server`.
//! - `server` routes requests. It reaches the networks through the trait only.
//!
//! To add a network, add its folder and list it in `networks`. To add a behavior of test accounts, add a variant to
//! `behavior::Behavior` and accounts that have it.
//!
//! **Addresses.** The first segment of a path is the platform's host: `https://api.x.com/2/tweets` is
//! `{public_url}/api.x.com/2/tweets` here. Bluesky's servers are at the root, because the AT Protocol allows no path before
//! theirs.
//!
//! **State** is kept in the table only, and the time is read from the clock only, so a restart changes nothing.
//! Conditional writes decide races.
//!
//! This crate does not depend on `shared`, so that its answers are independent of the code they test.

#![expect(clippy::indexing_slicing, reason = "a simulator, in which a panic costs a test one answer")]

mod account;
mod answer;
mod authorization;
mod behavior;
mod config;
mod content_type;
mod context;
mod error;
mod fetch;
mod fields;
mod first_time;
mod host;
mod media;
mod network;
mod networks;
mod notice;
mod oauth;
mod page;
mod posts;
mod reply;
mod script;
mod secret;
mod server;
mod sliding_window;
mod spec;
mod store;
#[cfg(test)]
mod tests;

pub use answer::Answer;
pub use config::{App, Clock, Config};
pub use error::Error;
pub use fetch::{Fetch, Fetched, HEAD};
pub use host::LARGEST_BODY;
pub use server::Sandbox;
