//! The most containers of an account within a rolling day.

use super::graph_error::GraphError;
use crate::{
    account::Account,
    behavior::Behavior,
    context::Context,
    reply::{Stop, stop},
    sliding_window,
    store::Key,
};

const CONTAINERS: usize = 400;
/// In milliseconds.
const WINDOW: i64 = 24 * 60 * 60 * 1000;

/// Counts a container. Meta documents the limit, and not the error above it: this is the one of the limit of posts.
pub(crate) async fn count(context: &Context, account: &Account) -> Result<(), Stop> {
    let key = || Key::new(format!("instagram#containers#{}", account.id), "containers");
    if account.behavior == Behavior::Unlimited || sliding_window::admits(context, key, CONTAINERS, WINDOW).await? {
        return Ok(());
    }
    stop(GraphError::of(9, Some(2_207_042)).reply())
}
