//! `POST /2/media/upload/{id}/finalize`: completes an upload. GIFs and videos are processed from then on.

use bytes::Bytes;
use http::Request;

use super::{
    bearer, problem, rate, scope,
    spec::SPEC,
    upload::{self, MediaUpload, Segment, VALID},
};
use crate::{
    behavior::Behavior,
    context::Context,
    first_time,
    reply::{Reply, Stop, stop},
};

pub(crate) async fn complete(context: &Context, request: &Request<Bytes>, id: &str) -> Result<Reply, Stop> {
    let caller = bearer::authenticate(context, request).await?;
    let account = caller.account;
    let window = bearer::admit(context, &caller, &[scope::MEDIA], &rate::FINALIZE).await?;
    let refused = |reply: Reply| stop(window.mark(reply)?);
    let before = upload::require(context, account, &window, ("id", id)).await?;
    let now = context.now();
    if before.finalized_at.is_some() {
        return Ok(window.mark(before.report(account, now, before.expires_at))?);
    }
    let segments = upload::segments(context, &before).await?;
    if !add_up(&segments, before.total_bytes) {
        let message = "Segments do not add up to provided total file size.";
        return refused(problem::invalid_parameter("id", id, message));
    }
    let format = segments.first().and_then(|segment| segment.format);
    let as_announced = before.category.matches(&before.media_type, format);
    if !as_announced && !before.category.is_processed() {
        return refused(problem::invalid_parameter("id", id, "media type unrecognized."));
    }
    let expires_at = now.timestamp() + VALID;
    let gone = account.behavior == Behavior::MediaGoneOnce
        && first_time::record(context, &SPEC, account, first_time::UPLOAD).await?.is_now;
    let after = MediaUpload {
        segments,
        finalized_at: Some(now.timestamp_millis()),
        fails: !as_announced || upload::always_fails(account),
        expires_at: if gone { now.timestamp() } else { expires_at },
        ..before
    };
    upload::store(context, &after).await?;
    Ok(window.mark(after.report(account, now, expires_at))?)
}

/// Whether no segment is missing and the file has the announced size.
fn add_up(segments: &[Segment], total: u64) -> bool {
    let in_order = segments.iter().zip(0..).all(|(segment, index)| segment.index == index);
    in_order && segments.iter().map(|segment| segment.bytes).sum::<u64>() == total
}
