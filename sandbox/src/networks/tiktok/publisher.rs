//! Whether a caller may start a post: the checks that the endpoints for videos and photos share.

use bytes::Bytes;
use http::Request;

use super::{
    account::privacy_levels,
    answer, bearer,
    publishing::PostInfo,
    rate::{self, TokenLimit},
    scripted,
    spec::SPEC,
};
use crate::{
    behavior::Behavior,
    context::Context,
    first_time,
    oauth::{bearer_token::Bearer, grant},
    reply::Stop,
};

/// The caller of an endpoint that starts a post.
pub(crate) async fn authenticate(
    context: &Context,
    request: &Request<Bytes>,
    scope: &str,
    limit: &TokenLimit,
) -> Result<Bearer, Stop> {
    let caller = bearer::authenticate(context, request).await?;
    if caller.account.behavior == Behavior::AccessRevoked {
        grant::revoke(context, &SPEC, &caller.grant).await?;
        return answer::refuse(context, "access_token_invalid");
    }
    bearer::admit(context, &caller, scope, limit).await?;
    Ok(caller)
}

/// Refuses a post that the account may not publish.
pub(crate) async fn check(context: &Context, caller: &Bearer, post: &PostInfo) -> Result<(), Stop> {
    let account = caller.account;
    let once = match account.behavior {
        Behavior::QuotaReached => return answer::refuse(context, "spam_risk_too_many_posts"),
        Behavior::Suspended => return answer::refuse(context, "spam_risk_user_banned_from_posting"),
        Behavior::RateLimitedOnce => Some("rate_limit_exceeded"),
        Behavior::ServerErrorOnce => Some("internal_error"),
        _ => None,
    };
    if let Some(code) = once
        && first_time::record(context, &SPEC, account, first_time::POST).await?.is_now
    {
        return answer::refuse(context, code);
    }
    if post.draft {
        return check_draft(context, caller, post).await;
    }
    if !privacy_levels(account).contains(&post.privacy_level.as_str()) {
        return answer::refuse(context, "privacy_level_option_mismatch");
    }
    if account.behavior == Behavior::UnauditedApp && post.privacy_level != "SELF_ONLY" {
        return answer::refuse(context, "unaudited_client_can_only_post_to_private_accounts");
    }
    if post.branded && post.privacy_level == "SELF_ONLY" {
        return answer::invalid(context, "Branded content cannot be private");
    }
    match scripted::failure(account, &[&post.title, &post.description], "init") {
        Some(code) => answer::refuse(context, code),
        None => Ok(()),
    }
}

/// A draft has no settings: the creator chooses them in the app.
async fn check_draft(context: &Context, caller: &Bearer, post: &PostInfo) -> Result<(), Stop> {
    let account = caller.account;
    if let Some(code) = scripted::failure(account, &[&post.title, &post.description], "init") {
        return answer::refuse(context, code);
    }
    if account.behavior == Behavior::OldApp {
        return answer::refuse(context, "app_version_check_failed");
    }
    if account.behavior != Behavior::Unlimited && !rate::admits_draft(context, account).await? {
        return answer::refuse(context, "spam_risk_too_many_pending_share");
    }
    Ok(())
}
