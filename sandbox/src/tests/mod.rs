//! Tests of the whole sandbox, by its own interface: HTTP requests in, answers out, on a real
//! DynamoDB engine in this process. The clock is set by hand; nothing waits.

mod authorize;
mod instagram;
mod media;
mod misbehaviour;
mod pages;
mod refresh;
mod tiktok;
mod timeline;
mod token;
mod tweet;
mod world;
mod x;

use world::{Reply, World};
