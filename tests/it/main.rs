//! Flows across functions, in one process, on a real DynamoDB engine and the sandbox. One module per subject.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod agency;
mod bluesky;
mod boundaries;
mod calls;
mod canaries;
mod client;
mod connect;
mod contract;
mod costs;
mod crash;
mod due;
mod errors;
mod events;
mod flow;
mod gate;
mod headers;
mod idempotency;
mod keys;
mod linear;
mod lists;
mod media;
mod permissions;
mod persons;
mod platform_cost;
mod posts;
mod publish;
mod refresh;
mod rotation;
mod template;
mod tenancy;
mod tidy;
mod tokens;
mod world;
