//! Rate limits per access token and endpoint, in a sliding window of one minute, and the limit of pending drafts per person.

use crate::{account::Account, context::Context, error::Error, secret, sliding_window, store::Key};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// The most drafts that may wait in a person's inbox within 24 hours.
const PENDING_SHARES: usize = 5;

#[derive(Debug)]
pub(crate) struct TokenLimit {
    endpoint: &'static str,
    /// Requests per minute.
    requests: usize,
}

pub(crate) const CREATOR_INFO: TokenLimit = TokenLimit { endpoint: "creator_info/query", requests: 20 };
pub(crate) const VIDEO_INIT: TokenLimit = TokenLimit { endpoint: "video/init", requests: 6 };
pub(crate) const INBOX_INIT: TokenLimit = TokenLimit { endpoint: "inbox/video/init", requests: 6 };
pub(crate) const CONTENT_INIT: TokenLimit = TokenLimit { endpoint: "content/init", requests: 6 };
pub(crate) const STATUS: TokenLimit = TokenLimit { endpoint: "status/fetch", requests: 30 };

/// Counts a request with this token; false above the limit.
pub(crate) async fn admits(context: &Context, token: &str, limit: &TokenLimit) -> Result<bool, Error> {
    let key = || Key::new(format!("tiktok#rate#{}", secret::fingerprint(token)), limit.endpoint);
    sliding_window::admits(context, key, limit.requests, MINUTE).await
}

/// Counts a draft for this account; false above the limit.
pub(crate) async fn admits_draft(context: &Context, account: &Account) -> Result<bool, Error> {
    let key = || Key::new(format!("tiktok#pending#{}", account.id), "pending");
    sliding_window::admits(context, key, PENDING_SHARES, DAY).await
}
