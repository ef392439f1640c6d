//! `POST /v2/post/publish/creator_info/query/`: what an account may choose for a post.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::{account::Behavior, answer, bearer, rate, user};
use crate::{
    Sandbox,
    reply::{Reply, Stop},
};

pub(crate) async fn query(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let caller = bearer::authenticate(sandbox, request).await?;
    bearer::admit(sandbox, &caller, "video.publish", &rate::CREATOR_INFO).await?;
    let account = caller.account;
    let blocked = match account.behavior {
        Behavior::TooManyPosts => Some("spam_risk_too_many_posts"),
        Behavior::Banned => Some("spam_risk_user_banned_from_posting"),
        _ => None,
    };
    if let Some(code) = blocked {
        // 200 by intention, says TikTok's reference; only the code tells.
        let (_, message) = answer::meaning(code);
        return Ok(answer::refusal_with(sandbox, StatusCode::OK, code, message)?);
    }
    let data = json!({
        "creator_avatar_url": user::avatar(sandbox, account),
        "creator_username": account.username,
        "creator_nickname": account.name,
        "privacy_level_options": account.privacy_levels(),
        "comment_disabled": false,
        "duet_disabled": account.is_private(),
        "stitch_disabled": account.is_private(),
        "max_video_post_duration_sec": 600,
    });
    Ok(answer::ok(sandbox, data)?)
}
