//! `POST /2/media/upload/initialize`: begins an upload.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::{
    bearer,
    category::Category,
    problem, rate, scope,
    upload::{self, MediaUpload, SESSION},
};
use crate::{
    content_type,
    context::Context,
    reply::{self, Reply, Stop, stop},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Initialize {
    media_type: String,
    total_bytes: u64,
    media_category: Option<Category>,
}

pub(crate) async fn begin(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let caller = bearer::authenticate(context, request).await?;
    let window = bearer::admit(context, &caller, &[scope::MEDIA], &rate::INITIALIZE).await?;
    let refused = |reply: Reply| stop(window.mark(reply)?);
    if !content_type::is(request, content_type::JSON) {
        return refused(problem::not_json());
    }
    let Initialize { media_type, total_bytes, media_category } = match serde_json::from_slice(request.body()) {
        Ok(body) => body,
        Err(error) => return refused(problem::invalid_body(&format!("$: {error}"))),
    };
    let category = media_category.or_else(|| Category::of(&media_type));
    let Some(category) = category.filter(|category| category.takes(&media_type)) else {
        return refused(problem::invalid_parameter("media_type", &media_type, "media type unrecognized."));
    };
    if total_bytes == 0 || total_bytes > category.most_bytes() {
        let message = format!("File size exceeds {} bytes.", category.most_bytes());
        return refused(problem::invalid_parameter("total_bytes", &total_bytes.to_string(), &message));
    }
    let now = context.now();
    let upload = MediaUpload {
        id: upload::new_id(now)?,
        account: caller.account.id.to_owned(),
        category,
        media_type,
        total_bytes,
        expires_at: now.timestamp() + SESSION,
        finalized_at: None,
        fails: false,
        segments: Vec::new(),
        alt_text: None,
    };
    upload::store(context, &upload).await?;
    let data = json!({
        "id": upload.id.to_string(),
        "media_key": upload.media_key(),
        "expires_after_secs": SESSION,
    });
    Ok(window.mark(reply::json(StatusCode::OK, &json!({ "data": data })))?)
}
