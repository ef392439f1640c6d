//! What every handler works with: the table, the clock and the configuration.

use chrono::{DateTime, Utc};

use crate::{
    config::{App, Clock},
    fetch::Fetch,
    store::Store,
};

#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) store: Store,
    /// The origin of the sandbox, without a slash at the end.
    pub(crate) public_url: String,
    pub(crate) apps: Vec<App>,
    pub(crate) fetch: Fetch,
    pub(crate) clock: Clock,
}

impl Context {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// The app registered with this client id.
    pub(crate) fn app(&self, client_id: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.client_id == client_id)
    }
}
