//! What a sandbox is created with.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::fetch::Fetch;

/// The source of the current time.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// A developer's app. It is registered with every simulated platform.
#[derive(Clone)]
pub struct App {
    pub client_id: String,
    pub client_secret: String,
    /// Compared exactly, character by character.
    pub redirect_uris: Vec<String>,
}

#[derive(Clone)]
pub struct Config {
    /// The name of the sandbox's DynamoDB table.
    pub table: String,
    /// The origin at which browsers and publishers reach the sandbox, such as `http://127.0.0.1:9001`.
    pub public_url: String,
    pub apps: Vec<App>,
    /// Fetches media for the simulated platforms.
    pub fetch: Fetch,
}
