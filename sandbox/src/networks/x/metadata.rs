//! `POST /2/media/metadata`: the alternative text of an image or a GIF.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::{
    bearer,
    category::Category,
    problem, rate, scope,
    upload::{self, MediaUpload},
};
use crate::{
    content_type,
    context::Context,
    reply::{self, Reply, Stop, stop},
};

/// In characters.
const LONGEST: usize = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    id: String,
    metadata: Metadata,
}

/// The simulated metadata; X has more.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Metadata {
    alt_text: AltText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AltText {
    text: String,
}

pub(crate) async fn describe(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let caller = bearer::authenticate(context, request).await?;
    let window = bearer::admit(context, &caller, &[scope::MEDIA], &rate::METADATA).await?;
    let refused = |reply: Reply| stop(window.mark(reply)?);
    if !content_type::is(request, content_type::JSON) {
        return refused(problem::not_json());
    }
    let Body { id, metadata: Metadata { alt_text: AltText { text } } } = match serde_json::from_slice(request.body()) {
        Ok(body) => body,
        Err(error) => return refused(problem::invalid_body(&format!("$: {error}"))),
    };
    if text.chars().count() > LONGEST {
        return refused(problem::invalid_body("$.metadata.alt_text.text: may only be 1000 characters long"));
    }
    let upload = upload::require(context, caller.account, &window, ("id", &id)).await?;
    if upload.finalized_at.is_none() || upload.category == Category::Video {
        return refused(problem::invalid_parameter("id", &id, "Only uploaded images and GIFs have an alt text."));
    }
    let metadata = json!({ "alt_text": { "text": text } });
    upload::store(context, &MediaUpload { alt_text: Some(text), ..upload }).await?;
    let data = json!({ "id": id, "associated_metadata": metadata });
    Ok(window.mark(reply::json(StatusCode::OK, &json!({ "data": data })))?)
}
