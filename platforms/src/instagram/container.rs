//! The status of a container.
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-container>

use serde::Deserialize;

use super::refusal;
use crate::{Error, Response};

pub(super) enum Status {
    InProgress,
    Finished,
    Published,
    /// The container was not published within 24 hours.
    Expired,
    /// There is no container with this id, or no longer.
    Missing,
    /// Instagram could not process the media, with its reason. A container stays in this status.
    Failed(String),
}

pub(super) fn status(answer: &Response) -> Result<Status, Error> {
    #[derive(Deserialize)]
    struct Container {
        status_code: String,
        #[serde(default)]
        status: String,
    }
    if refusal::about_container(answer).is_some() {
        return Ok(Status::Missing);
    }
    let container: Container = refusal::body(answer)?;
    match container.status_code.as_str() {
        "IN_PROGRESS" => Ok(Status::InProgress),
        "FINISHED" => Ok(Status::Finished),
        "PUBLISHED" => Ok(Status::Published),
        "EXPIRED" => Ok(Status::Expired),
        "ERROR" => Ok(Status::Failed(container.status)),
        _ => Err(Error::OutcomeUnknown("a container has an undocumented status".into())),
    }
}
