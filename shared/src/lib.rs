//! What the functions share: facts and rules, the outside world, and the edge.
//!
//! | layer | modules | may use |
//! |---|---|---|
//! | facts and rules: no I/O, no clock | `account` `agency` `base62` `client` `event` `invite` `key` `post` `schedule` `scope` `secret` `tenant` | each other |
//! | the outside world, one module a system | `clock` `net` `oauth` `queue` `secrets` `site` `store` `tokens` | facts, and each other |
//! | the edge | `api`, `composition`, `config`, `deployment`, `frame`, `lambda`, `routes` | everything above |
//! | only under test | `testing` | everything |
//!
//! A module belongs here if at least two functions use it and a noun names it.

pub mod account;
pub mod agency;
pub mod api;
pub mod base62;
pub mod client;
pub mod clock;
pub mod composition;
pub mod config;
pub mod deployment;
pub mod event;
pub mod frame;
pub mod invite;
pub mod key;
pub mod lambda;
mod name;
pub mod net;
pub mod oauth;
pub mod post;
pub mod queue;
pub mod routes;
pub mod schedule;
pub mod scope;
pub mod secret;
pub mod secrets;
pub mod site;
pub mod store;
pub mod tenant;

pub use id;
#[cfg(feature = "testing")]
#[expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]
pub mod testing;
pub mod tokens;
