//! Tests of the sandbox through HTTP requests, with a DynamoDB engine in this process. Tests set the clock, so nothing
//! waits.

mod accounts;
mod bluesky;
mod instagram;
mod layers;
mod media;
mod oauth;
mod pages;
mod tiktok;
mod world;
mod x;

use world::{Received, World};
