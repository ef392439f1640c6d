//! `POST /v2/post/publish/status/fetch/`: the status of a post.

use bytes::Bytes;
use http::Request;
use serde::Deserialize;
use serde_json::json;

use super::{
    answer, bearer, body,
    publishing::{self, Content, Stage},
    rate,
};
use crate::{
    context::Context,
    reply::{Reply, Stop},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusRequest {
    publish_id: String,
}

pub(crate) async fn fetch(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let caller = bearer::authenticate(context, request).await?;
    // Either scope is enough.
    let scope = if bearer::has_scope(&caller, "video.upload") { "video.upload" } else { "video.publish" };
    bearer::admit(context, &caller, scope, &rate::STATUS).await?;
    let body: StatusRequest = body::read(context, request)?;
    let Some(publishing) = publishing::find(context, &body.publish_id).await? else {
        return answer::refuse(context, "invalid_publish_id");
    };
    if publishing.account != caller.account.id || publishing.client_key != caller.client_id {
        return answer::refuse(context, "token_not_authorized_for_specified_publish_id");
    }
    let now = context.now();
    let mut data = match publishing.stage(now) {
        Stage::Processing => match publishing.content {
            Content::Upload(_) => json!({ "status": "PROCESSING_UPLOAD" }),
            Content::Video(_) | Content::Photos(_) => json!({ "status": "PROCESSING_DOWNLOAD" }),
        },
        Stage::Complete => json!({ "status": "PUBLISH_COMPLETE" }),
        Stage::InInbox => json!({ "status": "SEND_TO_USER_INBOX" }),
        Stage::Failed(reason) => json!({ "status": "FAILED", "fail_reason": reason }),
    };
    if let Some(id) = publishing.public_id(now) {
        // TikTok's spelling.
        data["publicaly_available_post_id"] = json!([id]);
    }
    match &publishing.content {
        Content::Upload(upload) => data["uploaded_bytes"] = upload.plan.received(publishing.arrived(now)).into(),
        Content::Video(video) => data["downloaded_bytes"] = video.bytes.into(),
        Content::Photos(photos) => {
            data["downloaded_bytes"] = photos.iter().map(|photo| photo.bytes).sum::<u64>().into();
        }
    }
    Ok(answer::ok(context, data)?)
}
