//! Whether a post may be begun: what the endpoints for videos and photos check alike, and where
//! most test accounts misbehave.

use bytes::Bytes;
use http::Request;

use super::{
    TikTok,
    account::Behavior,
    answer,
    bearer::{self, Caller},
    publishing::Post,
    rate::Limit,
    script,
};
use crate::{Sandbox, oauth::grant, once, reply::Stop};

/// The caller who would like to publish.
pub(crate) async fn publisher(sandbox: &Sandbox, request: &Request<Bytes>, limit: &Limit) -> Result<Caller, Stop> {
    let caller = bearer::authenticate(sandbox, request).await?;
    if caller.account.behavior == Behavior::TokenDeadAtPublish {
        grant::kill::<TikTok>(sandbox, &caller.grant).await?;
        return answer::refuse(sandbox, "access_token_invalid");
    }
    bearer::admit(sandbox, &caller, "video.publish", limit).await?;
    Ok(caller)
}

/// Lets a well-formed post pass, if this account may publish it.
pub(crate) async fn check(sandbox: &Sandbox, caller: &Caller, post: &Post) -> Result<(), Stop> {
    let account = caller.account;
    let once = match account.behavior {
        Behavior::TooManyPosts => return answer::refuse(sandbox, "spam_risk_too_many_posts"),
        Behavior::Banned => return answer::refuse(sandbox, "spam_risk_user_banned_from_posting"),
        Behavior::RateLimitedOnce => Some("rate_limit_exceeded"),
        Behavior::ServerErrorOnce => Some("internal_error"),
        _ => None,
    };
    if let Some(code) = once
        && once::mark(sandbox, account, once::POST).await?.first
    {
        return answer::refuse(sandbox, code);
    }
    if !account.privacy_levels().contains(&post.privacy_level.as_str()) {
        return answer::refuse(sandbox, "privacy_level_option_mismatch");
    }
    if account.behavior == Behavior::Unaudited && post.privacy_level != "SELF_ONLY" {
        return answer::refuse(sandbox, "unaudited_client_can_only_post_to_private_accounts");
    }
    match script::failure(account, &[&post.title, &post.description], "init") {
        Some(code) => answer::refuse(sandbox, code),
        None => Ok(()),
    }
}
