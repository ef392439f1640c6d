//! The functions and what calls them: the only file that names a handler.

use std::{sync::LazyLock, time::Duration};

use local::functions::Functions;
pub(crate) use shared::config::LEASE;
use shared::{
    deployment::Parts,
    queue::Message,
    routes::Routes,
    testing::{Ask, TestResponse},
};

static ROUTES: LazyLock<Routes> = LazyLock::new(Routes::of_this_build);

/// The function that opens posts.
pub(crate) const OPENER: &str = "open-post";
/// The function that publishes.
pub(crate) const PUBLISHER: &str = "publish-target";
/// The function that a schedule calls every minute.
pub(crate) const DISPATCHER: &str = "dispatch-due";

/// The time after which an invocation is stopped, as in `template.yaml`.
pub(crate) fn limit(function: &str) -> Duration {
    Duration::from_secs(match function {
        PUBLISHER => 110,
        DISPATCHER => 60,
        "redeem-invite" | "disconnect-account" => 29,
        _ => 20,
    })
}

pub(crate) struct Deployment(Functions);

impl Deployment {
    pub(crate) async fn of(parts: &Parts) -> Self {
        Self(Functions::of(parts).await.expect("every part is given"))
    }

    /// The function that answers a request.
    pub(crate) fn function(ask: &Ask) -> &'static str {
        ROUTES.find(ask.method().as_str(), ask.path().split('?').next().unwrap_or_default()).0
    }

    /// Routes a request to its function, as the gateway does.
    pub(crate) async fn answer(&self, ask: Ask) -> TestResponse {
        let path = ask.path().split('?').next().unwrap_or_default().to_owned();
        let (function, parameters) = ROUTES.find(ask.method().as_str(), &path);
        let ask = parameters.iter().fold(ask, |ask, (name, values)| ask.parameter(name, &values[0]));
        TestResponse::read(self.0.answer(function, ask.build()).await)
    }

    /// The function that a message's queue calls.
    pub(crate) const fn taker(message: &Message) -> &'static str {
        if message.target.is_some() { PUBLISHER } else { OPENER }
    }

    /// Handles a message of a queue.
    pub(crate) async fn take(&self, message: Message) -> Result<(), String> {
        self.0.take(message).await.map_err(|error| error.to_string())
    }

    /// Runs the minute's tick.
    pub(crate) async fn dispatch(&self) -> Result<(), String> {
        dispatch_due::handle(&self.0.dispatch_due).await.map(|_| ()).map_err(|error| error.to_string())
    }
}
