//! `GET /2/media/upload?command=STATUS&media_id={id}`: how far the processing of an upload is.

use bytes::Bytes;
use http::Request;

use super::{bearer, problem, rate, scope, upload};
use crate::{
    context::Context,
    fields::Fields,
    reply::{Reply, Stop, stop},
};

const PARAMETERS: &[&str] = &["media_id", "command"];

pub(crate) async fn status(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let caller = bearer::authenticate(context, request).await?;
    let window = bearer::admit(context, &caller, &[scope::MEDIA], &rate::STATUS).await?;
    let refused = |reply: Reply| stop(window.mark(reply)?);
    let fields = match Fields::read(request.uri().query().unwrap_or_default().as_bytes()) {
        Ok(fields) => fields,
        Err(repeated) => return refused(problem::invalid_parameter(&repeated.0, "", "is repeated")),
    };
    if let Some((name, value)) = fields.other_than(PARAMETERS) {
        return refused(problem::unknown_parameter(name, value, PARAMETERS));
    }
    if let Some(command) = fields.get("command").filter(|command| *command != "STATUS") {
        return refused(problem::invalid_parameter("command", command, "is not one of [STATUS]"));
    }
    let id = fields.get("media_id").unwrap_or_default();
    let upload = upload::require(context, caller.account, &window, ("media_id", id)).await?;
    if upload.finalized_at.is_none() {
        return refused(problem::invalid_parameter("media_id", id, "The upload is not finalized."));
    }
    Ok(window.mark(upload.report(caller.account, context.now(), upload.expires_at))?)
}
