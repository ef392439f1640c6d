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
}

/// The error for a missing container after a commit: it may have been published before.
pub(super) fn container_unknown() -> Error {
    Error::OutcomeUnknown("Instagram no longer knows the container".into())
}

pub(super) fn status(answer: &Response) -> Result<Status, Error> {
    #[derive(Deserialize)]
    struct Container {
        status_code: String,
        #[serde(default)]
        status: String,
    }
    if refusal::is_about_container(answer) {
        return Ok(Status::Missing);
    }
    let container: Container = refusal::body(answer)?;
    match container.status_code.as_str() {
        "IN_PROGRESS" => Ok(Status::InProgress),
        "FINISHED" => Ok(Status::Finished),
        "PUBLISHED" => Ok(Status::Published),
        "EXPIRED" => Ok(Status::Expired),
        "ERROR" => Err(refusal::of_status(&container.status)),
        _ => Err(Error::OutcomeUnknown("a container has an undocumented status".into())),
    }
}
