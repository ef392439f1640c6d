//! Tests of the whole sandbox, by its own interface: HTTP requests in, answers out, on a real
//! DynamoDB engine in this process. The clock is set by hand; nothing waits.

mod authorize;
mod media;
mod misbehaviour;
mod pages;
mod refresh;
mod timeline;
mod token;
mod tweet;
mod world;

use world::{Reply, World};
