//! `POST /2/media/upload/{id}/append`: receives a segment of a file.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::{
    bearer, form, problem, rate, scope,
    spec::SPEC,
    upload::{self, LAST_SEGMENT, Segment},
};
use crate::{
    answer::Answer,
    behavior::Behavior,
    context::Context,
    first_time,
    reply::{self, Reply, Stop, stop},
};

/// In bytes.
pub(super) const LARGEST_SEGMENT: usize = 5 * 1024 * 1024;
/// The largest body of a request with a segment: the frame of the form has a few hundred bytes.
pub(super) const LARGEST_BODY: usize = LARGEST_SEGMENT + 4096;

pub(crate) async fn receive(context: &Context, request: &Request<Bytes>, id: &str) -> Result<Answer, Stop> {
    let caller = bearer::authenticate(context, request).await?;
    let window = bearer::admit(context, &caller, &[scope::MEDIA], &rate::APPEND).await?;
    let refused = |reply: Reply| stop(window.mark(reply)?);
    let form = match form::read(request).await {
        Ok(form) => form,
        Err(message) => return refused(problem::invalid_body(&message)),
    };
    let index = form.index.parse::<u16>().ok().filter(|index| *index <= LAST_SEGMENT);
    let Some(index) = index.filter(|index| index.to_string() == form.index) else {
        return refused(problem::invalid_parameter("segment_index", &form.index, "must be an integer from 0 to 999"));
    };
    if form.media.is_empty() || form.media.len() > LARGEST_SEGMENT {
        return refused(problem::invalid_body("$.media: must have 1 to 5242880 bytes"));
    }
    let upload = upload::require(context, caller.account, &window, ("id", id)).await?;
    if upload.finalized_at.is_some() {
        return refused(problem::invalid_parameter("id", id, "The upload is finalized."));
    }
    upload::store_segment(context, &upload, &Segment::of(index, &form.media)).await?;
    if caller.account.behavior == Behavior::ChunkAnswerLostOnce
        && first_time::record(context, &SPEC, caller.account, first_time::LOST_CHUNK).await?.is_now
    {
        return Ok(Answer::Lost);
    }
    let body = json!({ "data": { "expires_at": upload.expires_at } });
    Ok(window.mark(reply::json(StatusCode::OK, &body))?.into())
}
