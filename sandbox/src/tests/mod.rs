//! Tests of the whole sandbox, by its own interface: HTTP requests in, answers out, on a real
//! DynamoDB engine in this process. The clock is set by hand; nothing waits.

mod accounts;
mod instagram;
mod media;
mod oauth;
mod pages;
mod tiktok;
mod world;
mod x;

use world::{Reply, World};
