//! `POST /v2/post/publish/creator_info/query/`: the options of an account's posts.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::{
    account::{LONGEST_VIDEO, is_private, privacy_levels},
    answer, bearer, rate, user,
};
use crate::{
    behavior::Behavior,
    context::Context,
    reply::{Reply, Stop},
};

pub(crate) async fn query(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let caller = bearer::authenticate(context, request).await?;
    bearer::admit(context, &caller, "video.publish", &rate::CREATOR_INFO).await?;
    let account = caller.account;
    let blocked = match account.behavior {
        Behavior::QuotaReached => Some("spam_risk_too_many_posts"),
        Behavior::Suspended => Some("spam_risk_user_banned_from_posting"),
        _ => None,
    };
    if let Some(code) = blocked {
        // The status is 200, as TikTok's reference says.
        let (_, message) = answer::meaning(code);
        return Ok(answer::refusal_with(context, StatusCode::OK, code, message)?);
    }
    let data = json!({
        "creator_avatar_url": user::avatar(context, account),
        "creator_username": account.username,
        "creator_nickname": account.name,
        "privacy_level_options": privacy_levels(account),
        "comment_disabled": false,
        "duet_disabled": is_private(account),
        "stitch_disabled": is_private(account),
        "max_video_post_duration_sec": LONGEST_VIDEO,
    });
    Ok(answer::ok(context, data)?)
}
